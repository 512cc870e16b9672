// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Notification

/// Values for a preview.
enum NoticeExample {
    static func values(_ event: NoticeEvent, at now: Date, _ addresses: [String]) -> [String: String] {
        let later = String((now + 365 * 86_400).ISO8601Format().prefix(10))
        let all = [
            "addresses": addresses.isEmpty ? "ada@example.org" : addresses.joined(separator: ", "),
            "template": "smime", "serial": "4F:A1:7C:02", "notAfter": later, "backendCA": "Example CA",
            "reference": "cw-example", "detail": "waiting for the person", "days": "14", "reason": "an example",
            "nextStep": "certway order show cw-example", "actor": "Grace Hopper", "purpose": "an example",
            "outcome": "agreed to", "link": "https://certway.example.org/my/example", "until": later,
            "approver": "Alan Turing", "what": "certificate", "device": "Android",
            "passwordBy": "https://certway.example.org/my", "steps": "https://certway.example.org/manual/hand-over",
            "name": "an example", "cause": "an example", "decision": "approved", "request": "rq-example",
            "requester": "Grace Hopper", "password": "an-example", "recipient": "ada@example.org",
            "passwordTo": "office@example.org", "since": String(now.ISO8601Format().prefix(10)),
            "day": String(now.ISO8601Format().prefix(10)), "needs": "- nothing", "needCount": "0",
            "needSummary": "0 things need somebody", "issued": "3",
            "renewed": "2", "revoked": "1", "failed": "0", "waiting": "0", "expiring": "0", "costs": "74.00 EUR",
        ]
        return all.filter { event.placeholders.contains($0.key) }
    }
}
