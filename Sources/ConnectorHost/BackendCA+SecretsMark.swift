// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX
import Secrets

extension BackendCA {
    private static let use = Array("certway secrets of a backend CA".utf8)

    /// Tells the secrets and names with which the backend CA signs in from others, and says nothing of them to whoever lacks the
    /// sealing key: at a CA that knows an account by its key alone, they are what says which account is meant.
    ///
    /// HMAC-SHA-256 (RFC 2104) of names and digests in the order of the names, in hexadecimal; the secrets first, then the names
    /// with which it signs in, where the profile has any. `SignInDifference` compares two of them.
    ///
    /// - Parameter key: keys the digest, after derivation for this use.
    /// - Returns: nil where there are neither.
    public func secretsMark(under key: SealingKey) -> String? {
        let derived = key.bytes.withBytes { DigestAlgorithm.sha256.authenticate(Self.use, key: Array($0)) }
        func mark(_ values: [String: Secret], _ length: Int) -> String {
            // A name has no zero byte and a digest has one length, so no two sets of values give one message.
            var message: [UInt8] = []
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                message += Array(name.utf8) + [0] + value.withBytes { DigestAlgorithm.sha256.digest($0) }
            }
            return DigestAlgorithm.sha256.authenticate(message, key: derived).prefix(length).hex
        }
        let ofSecrets = secrets.isEmpty ? "" : mark(secrets, 16)
        guard let signInNames else { return secrets.isEmpty ? nil : ofSecrets }
        return "\(ofSecrets)\(SignInDifference.separator)\(mark(signInNames.mapValues { Secret($0) }, 12))"
    }
}
