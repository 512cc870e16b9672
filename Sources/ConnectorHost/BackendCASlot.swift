// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Settings
import Synchronization

/// The place of one backend CA in the registry: made when first asked for, and again when something it was made of has
/// changed. Until then its connector stays, with its sign-ins and connections.
final class BackendCASlot: Sendable {
    private struct State {
        var configuration: BackendCAConfiguration
        /// What `entry` was made of; nil before the first use.
        var sources: BackendCASources?
        var entry: BackendCARegistry.Entry?
        /// The last one that could be used; its rate windows live on in the next.
        var last: BackendCA?
        /// Why a change could not be taken up while the last good one stays in force.
        var trouble: String?
        var lookedAt = ContinuousClock.now
        var triedAt = ContinuousClock.now
        var makes = 0
        /// How many share the CA's limits.
        var nodes: Int
    }

    /// How often what is unusable is tried again although no file has changed: the cause may be none that can be watched.
    private static let retryEvery = Duration.seconds(10)

    private let state: Mutex<State>
    private let factory: BackendCAFactory
    private let looksEvery: Duration

    init(
        _ configuration: BackendCAConfiguration, factory: BackendCAFactory, looksEvery: Duration, nodes: Int = 1
    ) {
        state = Mutex(State(configuration: configuration, nodes: nodes))
        self.factory = factory
        self.looksEvery = looksEvery
    }

    /// Takes effect with the next use; the same configuration changes nothing.
    func configure(_ configuration: BackendCAConfiguration) {
        state.withLock { $0.configuration = configuration }
    }

    /// From now on so many nodes share the CA's limits.
    func share(among count: Int) {
        state.withLock { state in
            state.nodes = count
            guard let backend = state.last else { return }
            let limits = (state.sources?.configuration ?? state.configuration).limits ?? backend.profile.limits
            backend.limiter?.replaceLimits(limits.map { $0.share(among: count) })
        }
    }

    /// Whether it is a CA of our own.
    var isOwnAuthority: Bool { factory.isOwnAuthority(state.withLock(\.configuration)) }

    /// Why its files, as they are now, cannot be used.
    var trouble: String? { state.withLock(\.trouble) }
    /// How often a connector was made, or tried to be.
    var makes: Int { state.withLock(\.makes) }

    /// - Returns: the backend CA, and whether it was made just now.
    func current() -> (entry: BackendCARegistry.Entry, isNew: Bool) {
        state.withLock { state in
            let now = ContinuousClock.now
            if let entry = state.entry, !isDue(state, now) { return (entry, false) }
            state.lookedAt = now
            // Taken before anything is read: what changes meanwhile is seen next time.
            let sources = factory.sources(state.configuration)
            if let entry = state.entry, sources == state.sources, !isWorthRetrying(state, now) { return (entry, false) }
            return make(&state, sources, now)
        }
    }

    private func isDue(_ state: State, _ now: ContinuousClock.Instant) -> Bool {
        state.sources?.configuration != state.configuration || now - state.lookedAt >= looksEvery
    }

    private func isWorthRetrying(_ state: State, _ now: ContinuousClock.Instant) -> Bool {
        guard now - state.triedAt >= Self.retryEvery else { return false }
        if case .unusable? = state.entry { return true }
        return state.trouble != nil
    }

    private func make(_ state: inout State, _ sources: BackendCASources, _ now: ContinuousClock.Instant) -> (
        entry: BackendCARegistry.Entry, isNew: Bool
    ) {
        let isSameConfiguration = state.sources?.configuration == state.configuration
        state.triedAt = now
        state.makes += 1
        let entry: BackendCARegistry.Entry
        do {
            let backend = try factory.make(state.configuration, after: state.last, nodes: state.nodes)
            (state.last, state.trouble) = (backend, nil)
            entry = .ready(backend)
        } catch {
            state.trouble = "\(error)"
            // A secret that is being replaced, or a file half written: what worked until now goes on working.
            if isSameConfiguration, case .ready? = state.entry, let known = state.entry {
                state.sources = sources
                return (known, false)
            }
            entry = .unusable("\(error)")
        }
        (state.sources, state.entry) = (sources, entry)
        return (entry, true)
    }
}
