// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Gateway
public import HTTPServing
public import Settings

/// Certificate and key of the console in files, looked at again and again: what changes there is shown to new connections
/// without a restart, and open ones go on.
public struct TLSFiles: Sendable {
    /// The server's certificate, then the issuing ones.
    public let certificate: String
    public let key: SecretReference

    public init(certificate: String, key: SecretReference) {
        self.certificate = certificate
        self.key = key
    }

    /// - Throws: `SettingsError` for a file that cannot be read, or may be changed by others; the operator must act.
    public func read() throws(SettingsError) -> ServerTLSIdentity {
        ServerTLSIdentity(
            certificateChainPEM: String(decoding: try SettingsFile(path: certificate).bytes(), as: UTF8.self),
            privateKeyPEM: try key.resolve(for: "console.tls.key"))
    }

    private var stamps: [FileStamp?] {
        var paths = [certificate]
        if case .file(let path) = key.place { paths.append(path) }
        return paths.map { FileStamp(path: $0) }
    }

    /// Follows the files until the task is cancelled. A few system calls every few seconds.
    ///
    /// A pair that does not belong together, as while one of the two is written, leaves what was there in force; it is said
    /// once it has stayed so for a look.
    public func follow(_ server: HTTPServer, _ logger: StandardLogger, every interval: Duration = .seconds(5)) async {
        var used = stamps
        var failed: [FileStamp?]?
        while (try? await Task.sleep(for: interval)) != nil {
            let found = stamps
            guard found != used else { continue }
            do {
                try server.replaceIdentity(try read())
                (used, failed) = (found, nil)
                logger.log(.notice, "new connections see the certificate that is now in \(certificate)", fields: [])
            } catch {
                if failed == found {
                    logger.log(.error, "\(error); the certificate that was there before stays in force", fields: [])
                    used = found
                }
                failed = found
            }
        }
    }
}
