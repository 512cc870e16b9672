// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The imported PFX entities of the tenant.
final class PFXStore: Sendable {
    private struct Guarded {
        var entities: [String: UserPFXCertificate] = [:]
        /// Ids in the order of creation.
        var order: [String] = []
        var replacesDuplicates = false
        var deleted: [UserPFXCertificate] = []
    }

    private let guarded = Mutex(Guarded())

    /// Whether a second create of the same user and thumbprint replaces the first instead of failing.
    func setReplacesDuplicates(_ replaces: Bool) { guarded.withLock { $0.replacesDuplicates = replaces } }

    /// False when the entity is there already.
    func create(_ entity: UserPFXCertificate) -> Bool {
        guarded.withLock { guarded in
            if guarded.entities[entity.id] == nil {
                guarded.order.append(entity.id)
            } else if !guarded.replacesDuplicates {
                return false
            }
            guarded.entities[entity.id] = entity
            return true
        }
    }

    /// The entity as it is now; nil when there is none of that id.
    func update(_ entity: UserPFXCertificate) -> UserPFXCertificate? {
        guarded.withLock { guarded in
            guard let old = guarded.entities[entity.id] else { return nil }
            var new = entity
            new.created = old.created
            guarded.entities[entity.id] = new
            return new
        }
    }

    /// Puts a record in as it is, for a test that has changed one behind everybody's back.
    func set(_ entity: UserPFXCertificate) {
        guarded.withLock { guarded in
            if guarded.entities.updateValue(entity, forKey: entity.id) == nil { guarded.order.append(entity.id) }
        }
    }

    func delete(_ id: String) -> Bool {
        guarded.withLock { guarded in
            guarded.order.removeAll { $0 == id }
            guard let entity = guarded.entities.removeValue(forKey: id) else { return false }
            guarded.deleted.append(entity)
            return true
        }
    }

    /// What was there and was deleted, oldest first.
    var deleted: [UserPFXCertificate] { guarded.withLock { $0.deleted } }

    func entity(_ id: String) -> UserPFXCertificate? { guarded.withLock { $0.entities[id] } }

    /// In the order of creation.
    var all: [UserPFXCertificate] {
        guarded.withLock { guarded in guarded.order.compactMap { guarded.entities[$0] } }
    }
}
