// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import YAMLDocuments

extension OrderCommands {
    static let waiting = Command(
        "waiting", "open orders by what they wait for: who acts, what happens by itself, and by when",
        discussion: """
            Groups: the person who has to answer the CA's mail, the CA, its approver, an operator, orders in doubt, a limit, failed steps. Each
            order has its age, who acts next, and its deadline: the end of the certificate that it replaces, or pendingEndsAfter of the backend
            CA or the template. With --ask each order that waits for its person is asked for at the CA: which address has not confirmed.
            """,
        options: [
            .value(
                "for", "GROUP", "only this group: \(OrderWait.allCases.map(\.rawValue).joined(separator: ", "))",
                repeats: true),
            .value("template", "NAME", "only this template"), .value("backend-ca", "NAME", "only this backend CA"),
            .value("user", "TEXT", "part of a user principal name"),
            .flag("ask", "ask the CAs which addresses have not confirmed; one call for each order that is shown"),
            .value("limit", "N", "at most so many orders of each group, the oldest first", default: "20"),
        ],
        examples: [
            ("certway order waiting", "what keeps orders, and who has to act"),
            ("certway order waiting --for subscriber --ask", "whose answer does the CA wait for?"),
            ("certway order waiting --backend-ca public-ca --output json", "for a dashboard"),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let administration = OrderAdministration(gateway.ledger, caller: invocation.caller)
        var groups = try await administration.waiting(
            try await filter(invocation, gateway), gateway, limit: try invocation.int("limit", in: 0...1_000_000) ?? 20)
        if invocation.flag("ask") {
            for index in groups.indices {
                groups[index].orders = await administration.asked(groups[index].orders, gateway)
            }
        }
        if invocation.wantsJSON {
            Terminal.print(json: (["groups": .array(groups.map(\.json))] as JSONValue).text)
            return .done
        }
        if groups.isEmpty { Terminal.print("no order is open") }
        let now = gateway.ledger.clock.now()
        for (index, group) in groups.enumerated() {
            if index > 0 { Terminal.print("") }
            show(group, at: now)
        }
        return .done
    }

    private static func show(_ group: WaitingGroup, at now: Date) {
        Terminal.print("\(group.title.uppercased()): \(Plural(group.count, "order")), \(group.waitsFor)")
        Terminal.print("who acts: \(group.whoActs)")
        Terminal.print("by itself: \(group.byItself)")
        for plan in group.plans { Terminal.print("\(plan)") }
        guard !group.orders.isEmpty else { return }
        var table = TextTable(
            .short("ORDER", 11), .short("USER", 20), .short("TEMPLATE", 8, 2), .short("BACKEND CA", 10, 4), "AGE",
            .short("OWNER", 12, 3), "DEADLINE", .sentence("DETAIL", lines: 4))
        for item in group.orders {
            let order = item.order
            table.add(
                order.reference, order.userPrincipalName, order.template, order.backendCA,
                age(now.timeIntervalSince(order.since)), item.owner,
                item.deadline.map { CalendarDay.text($0.at) } ?? "",
                detail(item))
        }
        Terminal.print(lines: "\n" + table.text)
        if group.orders.count < group.count {
            Terminal.print("\(group.orders.count) of \(group.count), the oldest; --limit shows more")
        }
    }

    /// What is known beyond the columns.
    private static func detail(_ item: WaitingOrder) -> String {
        var parts: [String] = []
        if let addresses = item.unconfirmed {
            parts.append(
                addresses.isEmpty
                    ? "all addresses have confirmed" : "not confirmed: " + addresses.joined(separator: ", "))
        }
        if let reason = item.unasked { parts.append(reason) }
        if let reminder = item.reminder {
            let times = reminder.count == 1 ? "once" : "\(reminder.count) times"
            parts.append("reminded \(times), last on \(CalendarDay.text(reminder.last))")
        }
        if let deadline = item.deadline { parts.append("by the deadline \(deadline.words)") }
        if let standing = item.order.standing { parts.insert(standing, at: 0) }
        return parts.joined(separator: "; ")
    }

    private static func age(_ seconds: Double) -> String {
        let seconds = max(0, Int(seconds))
        for (unit, length) in [("d", 86_400), ("h", 3600), ("min", 60)] where seconds >= length {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }

    static let remind = Command(
        "remind", "have CAs write again to people who have not confirmed",
        discussion: """
            Without ORDER all that wait for their person. Who was written to, by the order or by a reminder, less than --rest ago is left in
            peace. Each reminder stands in the order's timeline and in the audit trail. Where a CA cannot write again, that is said: cancel the
            order and order anew there.
            """,
        arguments: [Argument("ORDER", orderArgument.help, optional: true, repeats: true)],
        options: [
            .value("rest", "DURATION", "not whom the CA has written to less long ago", default: "3d"),
            .value("template", "NAME", "only this template"), .value("backend-ca", "NAME", "only this backend CA"),
            .value("user", "TEXT", "part of a user principal name"),
            .flag("dry-run", "tell whom, and write to nobody"),
        ],
        examples: [
            ("certway order remind --dry-run", "who would get a mail?"),
            ("certway order remind cw-7f3a… --rest 0s", "Ada has deleted it just now"),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let isDryRun = invocation.flag("dry-run")
        var rest = Duration.seconds(3 * 86_400)
        if let text = invocation.value("rest") {
            guard let duration = Duration(text: text), duration >= .zero else {
                throw UsageError("--rest: found \"\(text)\", expected a duration such as 3d", path: invocation.path)
            }
            rest = duration
        }
        let result = try await OrderAdministration(gateway.ledger, caller: invocation.caller).remind(
            invocation.allWords("ORDER"), try await filter(invocation, gateway), rest: rest, gateway, isDryRun: isDryRun
        )
        if invocation.wantsJSON {
            Terminal.print(json: result.json.text)
        } else {
            for order in result.reminded {
                Terminal.print("\(order.reference): \(order.userPrincipalName), by \(order.backendCA)")
            }
            let count = Plural(result.reminded.count, "person", "people")
            var sentence = "CAs were asked to write to \(count) again"
            if isDryRun { sentence = "\(count) would be written to; nothing was sent (--dry-run)" }
            if !result.rested.isEmpty {
                sentence += "; \(result.rested.count) had a mail a short time ago and are left in peace (--rest)"
            }
            Terminal.print(lines: sentence)
        }
        for refusal in result.refused { Terminal.complain("certway: \(refusal.order.reference): \(refusal.reason)") }
        return result.refused.isEmpty ? .done : result.reminded.isEmpty ? .failed : .partlyDone
    }

    private static func filter(_ invocation: Invocation, _ gateway: Gateway) async throws -> OrderFilter {
        try await invocation.requireKnownNames(in: gateway.store)
        let waits = try invocation.allValues("for").map { word in
            guard let wait = OrderWait(rawValue: word) else {
                let hint = suggestion(for: word, in: OrderWait.allCases.map(\.rawValue))
                throw UsageError("unknown group \"\(word)\": \(hint)", path: invocation.path)
            }
            return wait
        }
        return OrderFilter(
            template: invocation.value("template"), backendCA: invocation.value("backend-ca"),
            text: invocation.value("user"), waitsFor: waits.isEmpty ? nil : Set(waits))
    }
}
