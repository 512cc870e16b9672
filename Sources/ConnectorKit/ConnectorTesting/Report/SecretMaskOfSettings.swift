// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport
internal import Secrets

/// Masks the secrets of one backend CA; of PEM files also each line of the key, because a piece of a key is a secret too.
struct SecretMaskOfSettings: Sendable {
    private let mask: SecretMask

    init(_ settings: ConnectorSettings) {
        let secrets = settings.secrets.values.flatMap { secret -> [Secret] in
            let text = secret.revealed
            guard text.contains("PRIVATE KEY-----") else { return secret.count > 3 ? [secret] : [] }
            // What stands between the marks of a private key; certificates in the same file are public.
            var isKey = false
            return text.split(whereSeparator: \.isNewline).compactMap { line in
                if line.hasPrefix("-----") {
                    isKey = line.hasPrefix("-----BEGIN") && line.hasSuffix("PRIVATE KEY-----")
                    return nil
                }
                return isKey && line.count > 20 ? Secret(String(line)) : nil
            }
        }
        mask = SecretMask(secrets)
    }

    func masking(_ text: String) -> String { mask.masking(text) }
}
