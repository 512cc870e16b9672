// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Cuts what a cmdlet found into pages; what follows is asked for by the same body (wire/exchange-online.md section 2).
struct CmdletPager: Sendable {
    let url: String
    let hostility: Hostility?

    func answer(_ rows: [JSONValue], _ call: CmdletCall, most: Int, warnings: [String] = []) throws(Reply) -> Reply {
        let request = call.call.request
        let fingerprint = Self.fingerprint(request.body)
        var offset = 0
        if let token = request.query.first(where: { $0.name == "$skiptoken" })?.value {
            let parts = token.split(separator: "-")
            guard parts.count == 2, parts[0] == fingerprint, let place = Int(parts[1]), (0...rows.count).contains(place)
            else { throw ExchangeError.badParameter("The page token belongs to another request.") }
            offset = place
        }
        let end = min(rows.count, offset + size(min(most, asked(call)), offset, fingerprint))
        var body: [String: JSONValue] = [
            "@odata.context": .string(
                "\(origin(call))/adminapi/beta/\(call.call["tenant"])/$metadata#Collection(Cmdlet)"),
            "value": .array(Array(rows[offset..<end])),
        ]
        if !warnings.isEmpty { body["@adminapi.warnings"] = JSONValue(warnings) }
        let next: Int? =
            switch call.call.pageTrouble {
            case .circling where offset > 0 || end == rows.count: 0
            case .endless: end < rows.count ? end : 0
            default: end < rows.count ? end : nil
            }
        if let next {
            let path = request.target.prefix { $0 != "?" }
            body["@odata.nextLink"] = .string("\(origin(call))\(path)?$skiptoken=\(fingerprint)-\(next)")
        }
        return .json(.object(body))
    }

    private func origin(_ call: CmdletCall) -> String { MicrosoftHosts.origin(of: call.call.request, own: url) }

    private func asked(_ call: CmdletCall) -> Int {
        let preference = call.call.request.header("Prefer") ?? ""
        guard let match = preference.firstMatch(of: #/odata\.maxpagesize=([0-9]{1,6})/#),
            let size = Int(match.output.1)
        else { return 1000 }
        return max(1, size)
    }

    /// In hostile mode pages are shorter than asked, and now and then one is empty and still has a next one.
    private func size(_ wanted: Int, _ offset: Int, _ fingerprint: String) -> Int {
        guard let hostility else { return wanted }
        var generator = SeededGenerator(hostility.seed, "exchange page", fingerprint, String(offset))
        return Int.random(in: max(1, wanted / 3)...wanted, using: &generator)
    }

    private static func fingerprint(_ body: [UInt8]) -> String {
        var generator = SeededGenerator(0, String(decoding: body, as: UTF8.self))
        return GUID.hex(generator.next())
    }
}
