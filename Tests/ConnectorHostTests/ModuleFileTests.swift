// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import TestSupport
import Testing

/// Files that are no module of ours must be told apart by reading: `dlopen` would end the process.
@Suite struct ModuleFileTests {
    private let folder: TemporaryFolder
    private let loader: ModuleLoader

    init() throws {
        folder = try TemporaryFolder()
        loader = ModuleLoader(folders: [folder.path])
    }

    private func refusal(_ bytes: [UInt8]) throws -> ModuleError? {
        try Data(bytes).write(to: URL(filePath: "\(folder.path)/libconnector-x.so"))
        do {
            _ = try loader.connectorType(for: "x")
            return nil
        } catch {
            return error
        }
    }

    /// A sound ELF file that is no module.
    private static func program() throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: "/usr/bin/env"))) }

    @Test func aMissingModuleIsNamedWithWhatThereIs() throws {
        let error = #expect(throws: ModuleError.self) { try loader.connectorType(for: "x") }
        #expect(error?.kind == .missing)
        #expect(error?.message.contains("no connector module of kind \"x\" in \(folder.path)") == true)
        _ = try refusal([])
        let near = #expect(throws: ModuleError.self) { try loader.connectorType(for: "y") }
        #expect(near?.message.hasSuffix("did you mean \"x\"?") == true)
        let far = #expect(throws: ModuleError.self) { try loader.connectorType(for: "elsewhere") }
        #expect(far?.message.hasSuffix("there are: x") == true)
    }

    @Test(arguments: [[], Array("#!/bin/sh\n".utf8), Array("PK\u{3}\u{4}".utf8), [0x7F, 0x45, 0x4C]])
    func otherFilesAreForeign(_ bytes: [UInt8]) throws { #expect(try refusal(bytes)?.kind == .foreign) }

    @Test func aSoundProgramIsForeignAndAPartOfItTruncated() throws {
        let program = try Self.program()
        #expect(try refusal(program)?.kind == .foreign)
        for length in [4, 20, 63, 64, 200, program.count / 2, program.count - 1] {
            #expect(try refusal(Array(program.prefix(length)))?.kind == .truncated, "\(length) bytes")
        }
    }

    @Test func damagedHeadersAreRefusedAndNeverCrash() throws {
        var program = try Self.program()
        // e_phoff, e_shoff, e_phentsize … e_shnum (System V ABI, ELF-64 object file format §3).
        for field in [32..<40, 40..<48, 54..<62] {
            let sound = program[field]
            program.replaceSubrange(field, with: repeatElement(0xFF, count: field.count))
            #expect(try refusal(program)?.kind == .truncated, "\(field)")
            program.replaceSubrange(field, with: sound)
        }
        let seed = TestSeed.choose("damaged module headers")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var damaged = program
            for _ in 0..<4 {
                damaged[Int.random(in: 4..<1200, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            #expect(try refusal(damaged) != nil, "seed \(seed)")
        }
    }
}
