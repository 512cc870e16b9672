// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// pkilint, which judges certificates and CRLs by the words of RFC 5280 and of the CA/Browser Forum.
public enum Linter {
    /// What it finds worth a warning or more, such as `pkix.…` or `cabf.…`, sorted, each once.
    ///
    /// - Parameters:
    ///   - program: such as `lint_pkix_cert`.
    ///   - arguments: its options and the files.
    /// - Throws: `Tool.Failure` when it is not there (Scripts/bootstrap --tests puts it into the cache folder) or cannot read a file.
    public static func findings(_ program: String, _ arguments: [String]) async throws -> [String] {
        // Its status counts the findings, so the shell's own says whether it ran.
        let printed = try await Tool.run(
            ["sh", "-c", "\"$0\" \"$@\" || [ -n \"$?\" ]", Judges.path(program), "lint", "-s", "WARNING", "-f", "JSON"]
                + arguments)
        guard let results = (try? JSONValue(parsing: printed))?["results"]?.array else {
            let all = try await Run.program(
                "sh", ["-c", "\"$0\" \"$@\" 2>&1", Judges.path(program), "lint"] + arguments)
            throw Tool.Failure(description: "\(program) \(arguments): \(all.output.suffix(1500))")
        }
        let codes = results.flatMap { $0["finding_descriptions"]?.array ?? [] }.compactMap { $0["code"]?.string }
        return Set(codes).sorted()
    }
}
