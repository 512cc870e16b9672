// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Secrets
public import Settings

/// A file that a command line names; `-` is standard input, of which there is one.
public struct InputFile: Sendable {
    /// As errors call it.
    public let name: String
    private let path: String?

    /// - Parameter word: as typed.
    public init(_ word: String) {
        path = word == "-" ? nil : word
        name = path ?? "standard input"
    }

    /// - Throws: `SettingsError` for a file that is missing, not readable, or open to others, and for what is no UTF-8.
    public func text() throws(SettingsError) -> String {
        if let path { return try SettingsFile(path: path).text() }
        let data = try bytes()
        guard let text = String(data: data, encoding: .utf8) else {
            throw SettingsError("\(name) \(ForeignText(data).sentence)")
        }
        return text
    }

    /// What a list says, a word a line; `#` begins a remark.
    ///
    /// - Throws: as `text`.
    public func lines() throws(SettingsError) -> [String] { Self.lines(of: try text()) }

    /// The same of a list that was read.
    static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map {
            $0.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
        }.filter { !$0.isEmpty }
    }

    /// - Throws: as `text`.
    public func bytes() throws(SettingsError) -> Data {
        if let path { return try SettingsFile(path: path).bytes() }
        do {
            guard let data = try FileHandle.standardInput.readToEnd(), !data.isEmpty else {
                throw SettingsError("\(name) is empty")
            }
            return data
        } catch let error as SettingsError {
            throw error
        } catch {
            throw SettingsError("\(name) cannot be read: \(error.localizedDescription)")
        }
    }

    /// A key, read into a place that is erased.
    ///
    /// - Throws: as `text`, and when others may read the file.
    public func secret() throws(SettingsError) -> Secret {
        if let path { return try SettingsFile(path: path).secret() }
        var data = try bytes()
        defer { data.resetBytes(in: data.indices) }
        return Secret(data)
    }
}
