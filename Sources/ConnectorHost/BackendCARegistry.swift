// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
import Synchronization

/// The backend CAs of the configuration. One that cannot be started says why and leaves the others alone.
///
/// A backend CA is made when somebody first asks for it, and made anew only when its configuration, its profile or a file
/// they name has changed: until then connector, sign-ins, rate windows and alarms stay. So one registry lives as long as
/// the process, and whoever asks it for each piece of work works with what holds at that moment.
public final class BackendCARegistry: Sendable {
    public enum Entry: Sendable {
        case ready(BackendCA)
        /// Why it cannot be used, in one sentence.
        case unusable(String)

        public var isReady: Bool { if case .ready = self { true } else { false } }
    }

    /// Why a backend CA is not as it should be.
    public struct Alarm: Sendable {
        public let error: ConnectorError
        /// Nobody calls the CA before; nil when only some requests may be concerned.
        public let pausedUntil: Date?
        /// False for what goes away by itself, such as being throttled for a while.
        public let needsPerson: Bool
    }

    private enum Place {
        case made(BackendCASlot)
        case given(Entry)
    }

    private let places: Mutex<[String: Place]>
    private let alarms = Mutex<[String: Alarm]>([:])
    /// Why a backend CA must not be used although it could be.
    private let refusals = Mutex<[String: String]>([:])
    private let factory: BackendCAFactory?
    private let looksEvery: Duration
    private let nodes = Mutex(1)

    /// - Parameters:
    ///   - factory: makes the connectors; each backend CA gets its own rate limiter, shared by all its work.
    ///   - looksEvery: how often, at most, the files of a backend CA in use are looked at; a few system calls.
    public init(
        _ configurations: [BackendCAConfiguration], factory: BackendCAFactory, looksEvery: Duration = .seconds(1)
    ) {
        places = Mutex([:])
        self.factory = factory
        self.looksEvery = looksEvery
        configure(configurations)
    }

    /// Backend CAs that are there already and stay as they are.
    public init(_ entries: [String: Entry]) {
        places = Mutex(entries.mapValues(Place.given))
        factory = nil
        looksEvery = .zero
    }

    /// Takes up a new configuration. What it does not change is not touched.
    public func configure(_ configurations: [BackendCAConfiguration]) {
        guard let factory else { return }
        let names = Set(configurations.map(\.name))
        places.withLock { places in
            places = places.filter { names.contains($0.key) }
            for configuration in configurations {
                if case .made(let slot)? = places[configuration.name] {
                    slot.configure(configuration)
                } else {
                    places[configuration.name] = .made(
                        BackendCASlot(
                            configuration, factory: factory, looksEvery: looksEvery, nodes: nodes.withLock(\.self)))
                }
            }
        }
        alarms.withLock { alarms in alarms = alarms.filter { names.contains($0.key) } }
        refusals.withLock { refusals in refusals = refusals.filter { names.contains($0.key) } }
    }

    /// From now on the limits of each CA are shared by so many nodes.
    public func share(among count: Int) {
        guard nodes.withLock({ exchange(&$0, with: count) }) != count else { return }
        for case .made(let slot) in places.withLock({ Array($0.values) }) { slot.share(among: count) }
    }

    /// The backend CA as it is now; nil for a name that is not configured. Costs what making it costs when it is new or has
    /// changed: for a profile with expressions some 50 ms of computing; otherwise next to nothing.
    public subscript(_ name: String) -> Entry? {
        guard let entry = entry(name) else { return nil }
        return refusals.withLock { $0[name] }.map(Entry.unusable) ?? entry
    }

    /// Lets nobody use a backend CA from now on; nil to let it be used again.
    func refuse(_ name: String, because reason: String?) { refusals.withLock { $0[name] = reason } }

    /// The backend CA itself, whether it may be used or not.
    func entry(_ name: String) -> Entry? {
        switch places.withLock({ $0[name] }) {
        case .given(let entry)?: return entry
        case .made(let slot)?:
            let (entry, isNew) = slot.current()
            // What an operator has changed may be what the alarm was about; a CA that throttles goes on doing so.
            if isNew { alarms.withLock { if $0[name]?.needsPerson == true { $0[name] = nil } } }
            return entry
        case nil: return nil
        }
    }

    /// The backend CAs that are CAs of our own, by name.
    var ownAuthorities: [String] {
        places.withLock { $0 }.filter { _, place in
            switch place {
            case .made(let slot): slot.isOwnAuthority
            case .given(.ready(let backend)): backend.connector is any AuthorityRunning
            case .given: false
            }
        }.keys.sorted()
    }

    public var names: [String] { places.withLock { $0.keys.sorted() } }

    /// How often connectors were made since the start, by backend CA.
    public var makes: [String: Int] {
        places.withLock { places in
            places.compactMapValues { if case .made(let slot) = $0, slot.makes > 0 { slot.makes } else { nil } }
        }
    }

    /// What the profile knows about the product of a template; nil when it does not say, or the backend CA is unusable.
    public func product(of template: TemplateConfiguration) -> ProductFacts? {
        guard case .ready(let backend)? = self[template.backendCA] else { return nil }
        return backend.profile.product(template.product)
    }

    /// Remembers what is wrong with a backend CA, in place of what was known before.
    ///
    /// - Parameters:
    ///   - date: until when nobody calls the CA; nil to go on.
    ///   - needsPerson: whether it stays so until an operator mends something.
    public func note(_ error: ConnectorError, on name: String, pausedUntil date: Date?, needsPerson: Bool) {
        alarms.withLock { $0[name] = Alarm(error: error, pausedUntil: date, needsPerson: needsPerson) }
    }

    /// The CA has answered as it should.
    public func clearAlarm(on name: String) { alarms.withLock { _ = $0.removeValue(forKey: name) } }

    public func alarm(on name: String) -> Alarm? { alarms.withLock { $0[name] } }

    /// What an operator must mend, by backend CA: what the CA refuses, and changed files that cannot be taken up.
    public var openAlarms: [String: String] {
        let troubles = places.withLock { places in
            places.compactMapValues { if case .made(let slot) = $0 { slot.trouble } else { nil } }
        }
        return alarms.withLock { $0.filter { $0.value.needsPerson }.mapValues(\.error.message) }.merging(troubles) {
            "\($0); \($1)"
        }
    }
}
