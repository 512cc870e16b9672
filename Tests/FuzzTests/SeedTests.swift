// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Replays what fuzzing started from and what it found, and a little chance beside it.
@Suite struct SeedTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The target's own seeds, and what `Fuzz/corpora` names for it.
    private func inputs(_ target: FuzzTarget) throws -> [[UInt8]] {
        let corpora = try String(contentsOf: Self.root.appending(path: "Fuzz/corpora"), encoding: .utf8)
        let folders = corpora.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0[0] == target.name }
            .map { String($0[1]) }
        return try (["Fuzz/seeds/\(target.name)"] + folders).flatMap { folder in
            let files = FileManager.default.enumerator(
                at: Self.root.appending(path: folder), includingPropertiesForKeys: [.isRegularFileKey])
            return try (files?.compactMap { $0 as? URL } ?? []).sorted { $0.path < $1.path }.filter {
                try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            }.map { Array(try Data(contentsOf: $0)) }
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func seedsAreRead(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try inputs(target)
        #expect(inputs.count >= 5, "\(name) has too few seeds")
        for input in inputs { target.read(input) }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func chanceIsRead(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try inputs(target).filter { !$0.isEmpty }
        var generator = SeededGenerator(seed: TestSeed.choose("input of fuzz target \(name)"))
        for _ in 0..<60 {
            // There are seeds: seedsAreRead says so.
            var input = inputs.randomElement(using: &generator)!
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                input[Int.random(in: input.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            target.read(input)
        }
    }
}
