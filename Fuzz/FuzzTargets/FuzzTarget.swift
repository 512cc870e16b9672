// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One reader of foreign bytes, as a fuzzer or a test feeds it. Whatever it is fed, it returns: it may refuse, but it may not
/// end the program, take for ever, or accept what it must not.
public struct FuzzTarget: Sendable {
    /// Also the folder of its seeds.
    public let name: String
    /// What is read, in one line.
    public let title: String
    /// What a mutator may put in, because chance alone seldom finds it.
    public let words: [String]
    public let read: @Sendable ([UInt8]) -> Void

    public static let all = [profile, jqPrograms, jqInput, json, xml, html, cmc, pkcs7, webToken]

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Ends the program: the reader did what it must not do.
func demand(_ condition: Bool, _ what: @autoclosure () -> String) { if !condition { fatalError(what()) } }
