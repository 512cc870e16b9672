// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import MailTransport
import PKIX
import Settings
import Store

extension NoticeDesk {
    /// Tells a program (docs/manual/webhooks.md): in the order of posting, one at a time, with the notice's id, by which it knows a
    /// repetition.
    func tellProgram(_ notice: Notice, _ name: String) async throws -> Notice.Outcome? {
        guard let hook = configuration.webhooks.first(where: { $0.name == name }) else {
            return try await finish(notice, notice.fence, .dropped, nil, "webhook \(name) is not configured any more")
        }
        // Only the oldest one leaves; those behind it come when it has, or is given up.
        let oldest = try await database.read { connection in
            try NoticeTable(connection: connection).all(
                """
                WHERE recipient = ? AND due_at IS NOT NULL ORDER BY posted_at, id \(connection.dialect.page(1, 0))
                """, [.text(notice.recipient.key)])
        }.first
        guard oldest?.id == notice.id else {
            // Not before the one in front: a program that is away for weeks leaves a long row.
            let turn = max(clock.now() + 15, oldest?.dueAt ?? .distantPast)
            return try await finish(
                notice, notice.fence, .waiting, hook.url, "waits for those before it", due: turn)
        }
        guard let fence = try await claim(notice) else { return nil }
        do throws(MailError) {
            try await post(notice, hook)
        } catch {
            return try await settle(notice, fence, hook.url, error)
        }
        NoticeBoundary.noticeTaken.pass()
        return try await finish(notice, fence, .sent, hook.url, nil, hasLeft: true)
    }

    private func post(_ notice: Notice, _ hook: NotificationConfiguration.Webhook) async throws(MailError) {
        let body: JSONValue = [
            "id": .string(notice.id), "event": .string(notice.event.rawValue), "about": .string(notice.about),
            "postedAt": .string(notice.postedAt.ISO8601Format()),
            "values": .object(notice.values.mapValues(JSONValue.string)),
        ]
        let bytes = Array(body.text.utf8)
        let response: HTTPResponse
        do {
            let secret = try hook.secret.resolve()
            let roots = try hook.tlsRoots.map { try SettingsFile(path: $0).rootsPEM("tlsRoots") }
            let request = HTTPRequest(
                method: "POST", url: hook.url,
                headers: [
                    ("Content-Type", "application/json"),
                    (
                        "Certway-Signature",
                        Self.signature(of: bytes, key: secret.withBytes(Array.init), at: clock.now())
                    ),
                ], body: bytes, timeout: .seconds(20), maximumResponseSize: 64 << 10,
                tls: roots.map { TLSOptions(trustAnchorsPEM: $0) })
            response = try await http.send(request)
        } catch let error as SettingsError {
            throw MailError(.configuration, "webhook \(hook.name): \(error)")
        } catch {
            // Whoever is told twice sees it by the id: in doubt it is repeated.
            throw MailError(.later, "webhook \(hook.name): \(error)")
        }
        guard (200..<300).contains(response.status) else {
            throw MailError(
                response.status == 410 ? .refused : .later,
                "webhook \(hook.name) answered \(response.status)"
                    + ((300..<400).contains(response.status) ? ": redirects are not followed" : ""))
        }
    }

    /// `t=` seconds since 1970, `v1=` HMAC-SHA-256 in hexadecimal over `t`, a dot and the body.
    static func signature(of body: [UInt8], key: [UInt8], at date: Date) -> String {
        let time = String(Int(date.timeIntervalSince1970))
        let code = DigestAlgorithm.sha256.authenticate(Array("\(time).".utf8) + body, key: key)
        return "t=\(time),v1=\(code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())"
    }
}
