// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// One status of a server, or of a client that confirms: CMCStatusInfoV2 or the older CMCStatusInfo (RFC 5272 §6.1).
public struct CMCStatus: Sendable, Hashable {
    /// CMCStatus; open, because servers write numbers of their own.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let success = Code(rawValue: 0)
        public static let failed = Code(rawValue: 2)
        public static let pending = Code(rawValue: 3)
        public static let noSupport = Code(rawValue: 4)
        public static let confirmRequired = Code(rawValue: 5)
        public static let popRequired = Code(rawValue: 6)
        public static let partial = Code(rawValue: 7)

        private static let names = [
            0: "success", 2: "failed", 3: "pending", 4: "noSupport", 5: "confirmRequired", 6: "popRequired",
            7: "partial",
        ]

        /// The spelling of the standard, or the number.
        public var description: String { Self.names[rawValue] ?? "\(rawValue)" }
    }

    /// A body part of the message that is answered.
    public enum BodyPartReference: Sendable, Hashable {
        /// 0 is the whole message.
        case id(UInt32)
        /// Into nested messages, outermost first.
        case path([UInt32])
    }

    /// What a status may say beyond its number.
    public enum OtherInfo: Sendable, Hashable {
        case failInfo(CMCFailInfo)
        /// Where and when to ask again.
        case pendInfo(token: [UInt8], time: Date)
        /// A failure named by a dotted object identifier, with the DER of its value.
        case extendedFailInfo(type: String, value: [UInt8])
    }

    public var code: Code
    /// Servers leave it empty although the standard does not allow it; that means the whole message.
    public var bodyList: [BodyPartReference]
    /// For people.
    public var text: String?
    public var otherInfo: OtherInfo?

    public init(
        _ code: Code, bodyList: [BodyPartReference] = [.id(0)], text: String? = nil, otherInfo: OtherInfo? = nil
    ) {
        self.code = code
        self.bodyList = bodyList
        self.text = text
        self.otherInfo = otherInfo
    }
}
