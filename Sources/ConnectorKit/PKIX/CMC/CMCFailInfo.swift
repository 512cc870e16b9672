// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// CMCFailInfo (RFC 5272 §6.1.4): why a server failed. Open, because 1000 to 1999 are private.
public struct CMCFailInfo: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let badAlg = CMCFailInfo(rawValue: 0)
    public static let badMessageCheck = CMCFailInfo(rawValue: 1)
    public static let badRequest = CMCFailInfo(rawValue: 2)
    public static let badTime = CMCFailInfo(rawValue: 3)
    public static let badCertId = CMCFailInfo(rawValue: 4)
    public static let unsupportedExt = CMCFailInfo(rawValue: 5)
    public static let mustArchiveKeys = CMCFailInfo(rawValue: 6)
    public static let badIdentity = CMCFailInfo(rawValue: 7)
    public static let popRequired = CMCFailInfo(rawValue: 8)
    public static let popFailed = CMCFailInfo(rawValue: 9)
    public static let noKeyReuse = CMCFailInfo(rawValue: 10)
    public static let internalCAError = CMCFailInfo(rawValue: 11)
    public static let tryLater = CMCFailInfo(rawValue: 12)
    public static let authDataFail = CMCFailInfo(rawValue: 13)

    private static let names = [
        "badAlg", "badMessageCheck", "badRequest", "badTime", "badCertId", "unsupportedExt", "mustArchiveKeys",
        "badIdentity", "popRequired", "popFailed", "noKeyReuse", "internalCAError", "tryLater", "authDataFail",
    ]

    /// The spelling of the standard, or the number.
    public var description: String { Self.names.indices.contains(rawValue) ? Self.names[rawValue] : "\(rawValue)" }
}
