// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `certway connector new` wrote for a kind of module, held against what the module says of its keys.
struct SkeletonCheck {
    /// Something that can be had by removing comment signs.
    private struct Option {
        let name: String
        let lines: Range<Int>
        let isTopLevel: Bool
    }

    private let options: [String]
    private let folder: TemporaryFolder
    private let lines: [String]
    /// The described keys, as the reference lists them.
    private let keys: [String]

    /// - Parameter options: where the module lies, if not beside the program.
    init(kind: String, options: [String] = []) async throws {
        self.options = options
        folder = try TemporaryFolder()
        let file = "\(folder.path)/new-ca.yaml"
        let made = try await Run.certway(
            ["connector", "new", "--kind", kind, "--name", "new-ca", "--out", file] + options)
        try #require(made.status == 0, "\(made.errors)")
        lines = try String(contentsOfFile: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        let reference = try await Run.certway(["connector", "reference"] + options).output
        keys = reference.components(separatedBy: "\n## ").filter {
            $0.hasPrefix("Keys of every profile") || $0.hasPrefix("Keys of module `\(kind)`")
        }.flatMap { section in
            section.matches(of: /\n\| `([^`]+)`/).map { String($0.output.1) }
        }
    }

    func run() async throws {
        try #require(keys.count > 50)
        everyKeyOccurs()
        try await whatItOffersFits()
    }

    private func everyKeyOccurs() {
        for key in keys {
            let top = key.prefix { !".[".contains($0) }
            guard let start = lines.firstIndex(where: { $0.hasPrefix("\(top):") || $0.hasPrefix("# \(top):") }) else {
                Issue.record("there is no \(key)")
                continue
            }
            guard key != top else { continue }
            let below = key.dropFirst(top.count).drop { $0 == "." }
            #expect(
                lines[start...].prefix { !$0.isEmpty }.contains { $0.hasPrefix("# - \(below) (") },
                "nothing about \(key)")
        }
    }

    /// The file as it is has no problems, and neither has it with any of its options, or with all.
    private func whatItOffersFits() async throws {
        let found = findOptions()
        let top = found.filter(\.isTopLevel)
        #expect(top.contains { $0.name == "chain" } && top.contains { $0.name == "certifiesAnyAddress" })
        var variants = ["as-it-is": [Option]()]
        for option in found { variants["only-\(option.name)-\(option.lines.lowerBound + 1)"] = [option] }
        variants["all-sections"] = top
        // What the CA has is not missing.
        variants["everything"] = found.filter { $0.name != "missing" }
        // Each in a folder of its own: two profiles of one name beside each other are a problem.
        for (name, chosen) in variants {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
            try folder.write(text(with: chosen), to: "\(name)/new-ca.yaml")
        }
        let files = variants.keys.sorted().map { "\(folder.path)/\($0)/new-ca.yaml" }
        let problems =
            try await Run.certway(["connector", "validate", "--output", "json"] + files + options).json.array ?? []
        for problem in problems {
            // What is prepared must be needed by an operation, and the other way round: the message says so.
            let isHalf = problem["message"]?.string?.wholeMatch(of: /no operation needs policy|policy is not prepared/)
            if isHalf != nil, problem["file"]?.string?.hasSuffix("everything/new-ca.yaml") == false { continue }
            Issue.record("\(problem.text)")
        }
    }

    private func findOptions() -> [Option] {
        var found: [Option] = []
        var number = 0
        while number < lines.count {
            guard let match = lines[number].wholeMatch(of: /( *)# ([A-Za-z]+):( .*)?/),
                !match.1.isEmpty || keys.contains(String(match.2))
            else {
                number += 1
                continue
            }
            var end = number + 1
            while end < lines.count, lines[end].hasPrefix(match.1 + "#  ") { end += 1 }
            found.append(Option(name: String(match.2), lines: number..<end, isTopLevel: match.1.isEmpty))
            number = end
        }
        return found
    }

    private func text(with options: [Option]) -> String {
        var lines = lines
        for number in options.flatMap(\.lines) {
            lines[number].replace("# ", with: "", maxReplacements: 1)
        }
        return lines.joined(separator: "\n")
    }
}
