// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `certway connector new` promises: a commented profile with every key.
@Suite struct SkeletonTests {
    @Test(arguments: ["adcs", "cmc", "external", "local-ca", "rest", "soap"])
    func everyKeyIsThereAndFits(kind: String) async throws { try await SkeletonCheck(kind: kind).run() }

    /// No file is begun that 'connector validate' would refuse for its name.
    @Test(arguments: ["Tiny_2", "2tiny", "", "a/b", "../tiny", "t\u{EF}ny", String(repeating: "a", count: 65)])
    func noFileIsWrittenUnderANameThatNoConnectorMayHave(name: String) async throws {
        let folder = try TemporaryFolder()
        let run = try await Run.certway(
            ["connector", "new", "--kind", "rest", "--name", name, "--out", folder.path("new.yaml")])
        #expect(run.status == 2 && run.errors.contains("small letters, digits and hyphens"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("new.yaml")))
    }
}
