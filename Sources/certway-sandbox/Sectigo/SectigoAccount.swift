// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Synchronization

/// The customer's account: its persons beside the order book.
final class SectigoAccount: Sendable {
    let book: OrderBook
    let url: String
    private struct Persons {
        var byID: [Int: SectigoPerson] = [:]
        /// Ids by lower-case address.
        var ids: [String: Int] = [:]
        var nextID = 117
    }

    private let state = Mutex(Persons())

    init(server: CAServer) {
        book = server.book
        url = server.url
    }

    var switches: CASwitches { book.switches }
    var now: Date { book.clock.now }
    var types: [SectigoCertificateType] { SectigoCertificateType.all(renamed: switches.own("renamedProducts")) }

    var persons: [SectigoPerson] { state.withLock { $0.byID.values.sorted { $0.id < $1.id } } }

    func person(id: Int) -> SectigoPerson? { state.withLock { $0.byID[id] } }

    func person(email: String) -> SectigoPerson? {
        state.withLock { state in state.ids[email.lowercased()].flatMap { state.byID[$0] } }
    }

    /// - Returns: the id of the new person.
    func add(_ person: SectigoPerson) -> Int {
        state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            var person = person
            person.id = id
            state.byID[id] = person
            state.ids[person.email.lowercased()] = id
            return id
        }
    }

    func set(_ person: SectigoPerson) {
        state.withLock { state in
            if let old = state.byID[person.id] { state.ids[old.email.lowercased()] = nil }
            state.byID[person.id] = person
            state.ids[person.email.lowercased()] = person.id
        }
    }

    func remove(_ person: SectigoPerson) {
        state.withLock { state in
            state.byID[person.id] = nil
            state.ids[person.email.lowercased()] = nil
        }
    }

    /// The third handle of an order beside backendCertId and serial number.
    static func certificateID(_ order: SandboxOrder) -> Int { order.number + 53 }

    func order(certificateID: String) -> SandboxOrder? {
        guard let id = Int(certificateID) else { return nil }
        return book.orders.first { Self.certificateID($0) == id }
    }

    /// Path of `pattern` in both versions of the client certificate API.
    static func twins(
        _ operation: String, _ method: String, _ pattern: String, subject: [String] = [],
        handler: @escaping @Sendable (Call) throws -> Reply
    ) -> [Route] {
        ["v1", "v2"].map {
            Route("sectigo.\(operation)", method, "/smime/\($0)\(pattern)", subject: subject, handler: handler)
        }
    }
}
