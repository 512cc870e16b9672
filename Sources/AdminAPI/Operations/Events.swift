// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

extension APIOperation {
    /// What changes, as it happens.
    static let events = [
        APIOperation(
            "listen", .get, "/events", tag: "Events",
            "Server-sent events: topics whose content has changed; what there is now, ask for", permission: nil,
            parameters: [
                .query(
                    "topics", "with commas between: \(EventTopic.forms.joined(separator: ", "))",
                    .text(length: 1...4000))
            ], answer: .events
        ) { call in
            let words = (call.text("topics") ?? "overview").split(separator: ",").map(String.init)
            let topics = words.compactMap(EventTopic.init)
            guard topics.count == words.count, (1...EventHub.maximumTopics).contains(topics.count) else {
                let wrong = words.first { EventTopic($0) == nil } ?? ""
                throw APIProblem.invalid([
                    APIFault(
                        "topics",
                        "found \"\(wrong.prefix(60))\", expected up to \(EventHub.maximumTopics) of "
                            + EventTopic.forms.joined(separator: ", "))
                ])
            }
            for permission in topics.compactMap(\.permission) { try call.caller.require(permission) }
            // Who asks for the head alone does not listen.
            guard call.request.method != "HEAD" else { return .bytes([], type: "text/event-stream; charset=utf-8") }
            return try await call.listen(Set(topics))
        }
    ]
}

extension APICall {
    fileprivate func listen(_ topics: Set<EventTopic>) async throws -> APIAnswer {
        let (server, request) = (server, request)
        let stream = try await server.events.listen(
            topics, of: caller.objectID ?? authentication?.key ?? "", after: request.header("Last-Event-ID"),
            server.gateway,
            isWelcome: {
                guard let now = try? await server.authenticator.authenticate(request) else { return false }
                return topics.compactMap(\.permission).allSatisfy(now.caller.may)
            })
        return .stream(stream)
    }
}
