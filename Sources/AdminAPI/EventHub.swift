// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import HTTPServing
import JSONDocuments
import Ledger

/// Tells browsers what has changed: looks at the database while somebody listens, once for all of them.
actor EventHub {
    /// How often it looks.
    static let pace = Duration.seconds(1)
    /// How often it looks whether a listener may still listen.
    static let proof = Duration.seconds(4)
    /// How far back a listener that comes back is told what it has missed.
    static let memory: TimeInterval = 600
    static let maximumListeners = 1000
    /// Of one person, however many sessions, or one token: half of the connections that one address may have, so that its calls still find one.
    static let maximumOfOne = ServerLimits().connectionsPerAddress / 2
    static let maximumTopics = 50

    private struct Listener {
        /// The person or token.
        let owner: String
        let stream: ServerStream
        let topics: Set<EventTopic>
        /// Whether it may still listen.
        let isWelcome: @Sendable () async -> Bool
        var provedAt: ContinuousClock.Instant
    }

    private var listeners: [Int: Listener] = [:]
    private var number = 0
    private var loop: Task<Void, Never>?

    /// - Parameters:
    ///   - owner: the person or token that listens.
    ///   - lastEvent: the id of the last event that the listener has had; nil for one that is new.
    /// - Throws: `APIProblem` 503 when too many listen, 429 when the owner alone does.
    func listen(
        _ topics: Set<EventTopic>, of owner: String, after lastEvent: String?,
        _ gateway: @escaping @Sendable () async throws -> Gateway,
        isWelcome: @escaping @Sendable () async -> Bool
    ) async throws -> ServerStream {
        guard listeners.count < Self.maximumListeners else {
            throw APIProblem(
                503, .tooManyListeners, "Too many listen.", "\(Self.maximumListeners) event streams are open",
                actor: "nobody", nextStep: "Close other tabs, or ask again later.", retryAfter: 30)
        }
        let ledger = try await gateway().ledger
        guard listeners.values.count(where: { $0.owner == owner }) < Self.maximumOfOne else {
            throw APIProblem(
                429, .tooManyListeners, "You listen too often.",
                "\(Self.maximumOfOne) event streams of this person or token are open",
                nextStep: "Close other tabs; one stream can have \(Self.maximumTopics) topics.", retryAfter: 30)
        }
        var feed = ChangeFeed(ledger)
        let now = try await feed.now()
        let stream = ServerStream()
        // The first event gives an id to come back with.
        stream.send(ServerEvent(id: Self.id(now), name: "ready", data: "{}"))
        if let lastEvent {
            // A number that is not reached is another database's, or an older copy's.
            guard let position = Self.position(lastEvent), position.event <= now.event,
                now.date.timeIntervalSince(position.date) < Self.memory
            else {
                stream.send(.resync)
                return add(stream, topics, owner, gateway, isWelcome)
            }
            var missed = try await feed.changes(since: position)
            missed.noteOthers()
            Self.tell(stream, topics, missed)
        }
        return add(stream, topics, owner, gateway, isWelcome)
    }

    private func add(
        _ stream: ServerStream, _ topics: Set<EventTopic>, _ owner: String,
        _ gateway: @escaping @Sendable () async throws -> Gateway,
        _ isWelcome: @escaping @Sendable () async -> Bool
    ) -> ServerStream {
        number += 1
        let own = number
        listeners[own] = Listener(
            owner: owner, stream: stream, topics: topics, isWelcome: isWelcome, provedAt: .now)
        stream.whenClosed { [weak self] in Task { await self?.remove(own) } }
        if loop == nil { loop = Task { [weak self] in await self?.look(gateway) } }
        return stream
    }

    private func remove(_ number: Int) {
        listeners[number] = nil
        guard listeners.isEmpty else { return }
        loop?.cancel()
        loop = nil
    }

    /// Ends all streams.
    func stop() {
        loop?.cancel()
        for listener in listeners.values { listener.stream.end() }
        listeners = [:]
    }

    private func look(_ gateway: @escaping @Sendable () async throws -> Gateway) async {
        var feed: ChangeFeed?
        var since: ChangeFeed.Position?
        while !Task.isCancelled {
            // What the database does not tell now, it tells at the next look: the beginning stays the same.
            if let ledger = try? await gateway().ledger {
                var own = feed ?? ChangeFeed(ledger)
                if since == nil { since = try? await own.now() }
                if let start = since, let changes = try? await own.changes(since: start) {
                    since = changes.end
                    if !changes.isEmpty {
                        for listener in listeners.values { Self.tell(listener.stream, listener.topics, changes) }
                    }
                }
                feed = own
            }
            await prove()
            try? await Task.sleep(for: Self.pace)
        }
    }

    /// Ends streams of those who have signed out meanwhile, or may not listen any more.
    private func prove() async {
        for (number, listener) in listeners where listener.provedAt.duration(to: .now) > Self.proof {
            if await listener.isWelcome() {
                listeners[number]?.provedAt = .now
            } else {
                listener.stream.end()
                listeners[number] = nil
            }
        }
    }

    private static func tell(_ stream: ServerStream, _ topics: Set<EventTopic>, _ changes: ChangeFeed.Changes) {
        guard !changes.isTooMuch else { return stream.send(.resync) }
        let (orders, operations) = (Set(changes.orders), Set(changes.operations))
        for topic in topics {
            let concerns =
                switch topic {
                case .overview: !orders.isEmpty || changes.others
                case .orders: !orders.isEmpty
                case .order(let reference): orders.contains(reference)
                case .run(let id): operations.contains(id)
                case .replacement: !orders.isEmpty || changes.others
                }
            guard concerns else { continue }
            var data: JSONValue = ["topic": .string(topic.text)]
            if topic == .orders { data["orders"] = JSONValue(changes.orders) }
            stream.send(ServerEvent(id: id(changes.end), name: "change", data: data.text))
        }
    }

    /// Number of the last event of an order, and milliseconds since 1970.
    private static func id(_ position: ChangeFeed.Position) -> String {
        "\(position.event)-\(Int64(position.date.timeIntervalSince1970 * 1000))"
    }

    private static func position(_ id: String) -> ChangeFeed.Position? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let event = parts[0], let milliseconds = parts[1], event >= 0 else { return nil }
        return ChangeFeed.Position(event: event, date: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }
}
