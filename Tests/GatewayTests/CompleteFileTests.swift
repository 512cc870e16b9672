// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import TestSupport
import Testing

@Suite struct CompleteFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func itIsThereCompleteAndOnlyForItsOwner() throws {
        let file = CompleteFile(path: folder.path("a"))
        let bytes = [UInt8](repeating: 7, count: 3_000_000)
        #expect(try file.create(bytes))
        #expect(try Data(contentsOf: URL(filePath: file.path)) == Data(bytes))
        #expect(try mode(file.path) == 0o600)
        #expect(try names == ["a"])
        let open = CompleteFile(path: folder.path("b"), isPrivate: false)
        #expect(try open.create([UInt8]()))
        #expect(try mode(open.path) == 0o666 & ~Int(Self.umask))
    }

    private static var umask: mode_t {
        let mask = Foundation.umask(0)
        Foundation.umask(mask)
        return mask
    }

    @Test func whatIsThereIsNotReplacedUnlessAsked() throws {
        let file = CompleteFile(path: try folder.write("mine", to: "a"))
        #expect(try !file.create(Array("other".utf8)))
        let error = #expect(throws: FileError.self) { try file.createNew(Array("other".utf8)) }
        #expect(error?.message.contains("exists already and is not replaced") == true)
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "mine")
        try file.replace(Array("other".utf8))
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "other")
        #expect(try names == ["a"])
    }

    /// Neither a link that leads nowhere nor one to somebody's file is followed.
    @Test func aLinkOfThatNameIsSomethingThatIsThere() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("a"), withDestinationPath: folder.path("elsewhere"))
        #expect(try !CompleteFile(path: folder.path("a")).create([1]))
        #expect(try names == ["a"])
    }

    @Test func filesOfLikeNamesAreLeftAlone() throws {
        for name in ["a.new", ".a", "a~", ".a.new"] { try folder.write("mine", to: name) }
        try CompleteFile(path: folder.path("a")).createNew([1])
        try CompleteFile(path: folder.path("a")).replace([2])
        #expect(try names == [".a", ".a.new", "a", "a.new", "a~"])
        for name in ["a.new", ".a", "a~", ".a.new"] {
            #expect(try String(contentsOfFile: folder.path(name), encoding: .utf8) == "mine")
        }
    }

    @Test func ofManyOneWins() async throws {
        let path = folder.path("a")
        let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<16 {
                group.addTask { try CompleteFile(path: path).create(Array("\(number)".utf8)) ? number : nil }
            }
            return try await group.reduce(into: [Int]()) { $0 += [$1].compactMap(\.self) }
        }
        #expect(winners.count == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(winners.first ?? -1)")
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        for path in ["\(folder.path)/none/a", "/dev/null/a", folder.path] {
            #expect(throws: FileError.self) { try CompleteFile(path: path).replace([1]) }
            let isMade = try? CompleteFile(path: path).create([1])
            #expect(isMade != true)
        }
        #expect(try names == [])
    }
}
