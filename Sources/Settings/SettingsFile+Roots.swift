// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

extension SettingsFile {
    /// The certificates that somebody trusts by this file.
    ///
    /// - Parameter key: the setting that names the file, for the error.
    /// - Throws: `SettingsError` also for a file without any certificate: nothing would be trusted, and it would show only when
    ///   every order was placed and held, or every connection refused. `PKIXError` for one that cannot be read.
    public func roots(_ key: String) throws -> [Certificate] {
        let roots = try Certificate.all(pem: text())
        guard !roots.isEmpty else {
            throw SettingsError("\(key): file \(path) holds no PEM certificate; put the CA's root into it")
        }
        return roots
    }

    /// The same as PEM, without anything else that lies in the file.
    public func rootsPEM(_ key: String) throws -> String { try roots(key).map(\.pem).joined() }
}
