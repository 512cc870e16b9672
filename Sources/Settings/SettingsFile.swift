// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file named in the configuration.
public struct SettingsFile: Sendable {
    public let path: String
    public init(path: String) { self.path = path }

    /// - Throws: `SettingsError` saying whether it is missing or not readable.
    public func bytes() throws(SettingsError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile?, .fileNoSuchFile?: "does not exist"
                case .fileReadNoPermission?: "is not readable for this user; check owner and mode"
                default: "cannot be read"
                }
            throw SettingsError("file \(path) \(reason)")
        }
    }

    public func text() throws(SettingsError) -> String {
        let bytes = try bytes()
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw SettingsError("file \(path) is not UTF-8 text")
        }
        return text
    }
}
