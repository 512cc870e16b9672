// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Secrets
internal import Synchronization

/// The secrets that requests brought along lately, such as the token of a login: an answer may repeat them.
final class PassingSecrets: Sendable {
    private static let limit = 8
    private let noted = Mutex<[Secret]>([])

    var latest: [Secret] { noted.withLock { $0 } }

    func note(_ secrets: [Secret]) {
        noted.withLock { noted in
            for secret in secrets where !noted.contains(where: { $0 === secret }) { noted.append(secret) }
            noted.removeFirst(max(0, noted.count - Self.limit))
        }
    }
}
