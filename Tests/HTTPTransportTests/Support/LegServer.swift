// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing

/// A server that challenges as NTLM prescribes, one sign-in per connection, and believes every answer. What it saw is
/// noted as `connection type length` in order: which connection, which NTLM message (`-` for none), how much body.
///
/// That passwords are checked for real is proved in `ADCSPluginTests`, where Apache does the checking.
final class LegServer: Sendable {
    let seen = Counter()
    private let server: HTTPServer
    var url: String { server.url }

    /// - Parameter answer: for a leg of a sign-in ("1" or "3") or a request on a connection signed in ("-"); nil for what
    ///   the protocol prescribes.
    init(_ answer: @escaping @Sendable (_ leg: String, _ number: Int) -> ServerAnswer? = { _, _ in nil }) throws {
        let seen = seen
        server = try HTTPServer { request in
            // Each connection of the server has its own thread. A thread that ended leaves its address, and with it its
            // hash, to the next one, so each is given a name of its own.
            let connection = Thread.current
            let name = connection.threadDictionary["name"] as? String ?? UUID().uuidString
            connection.threadDictionary["name"] = name
            let leg = Self.messageType(request.header("Authorization"))
            let number = seen.note("\(name) \(leg) \(request.body.count)")
            if let answer = answer(leg, number) { return answer }
            switch leg {
            case "1":
                return .response(status: 401, headers: [("WWW-Authenticate", "NTLM \(Self.challenge)")])
            case "3":
                connection.threadDictionary["signedIn"] = true
                return .text("welcome")
            default:
                let isSignedIn = connection.threadDictionary["signedIn"] != nil
                return isSignedIn
                    ? .text("welcome back") : .response(status: 401, headers: [("WWW-Authenticate", "NTLM")])
            }
        }
    }

    /// Leg and body length of each request, without the connection.
    var legs: [String] { seen.events.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } }
    /// Connections in order of their first request.
    var connections: [Substring] { seen.events.map { $0.prefix { $0 != " " } } }

    /// MS-NLMP §2.2.1: the message type follows the eight bytes of the signature.
    private static func messageType(_ header: String?) -> String {
        guard let header, header.hasPrefix("NTLM "), let message = Data(base64Encoded: String(header.dropFirst(5))),
            message.count > 8
        else { return "-" }
        return "\(message[8])"
    }

    /// MS-NLMP §2.2.1.2: Unicode, NTLM, no target information.
    private static let challenge: String = {
        var message = Array("NTLMSSP\0".utf8) + [2, 0, 0, 0]
        message += [0, 0, 0, 0, 48, 0, 0, 0]  // target name: empty
        message += [0x01, 0x02, 0x00, 0x00]
        message += [1, 2, 3, 4, 5, 6, 7, 8] + Array(repeating: 0, count: 16)
        return Data(message).base64EncodedString()
    }()
}
