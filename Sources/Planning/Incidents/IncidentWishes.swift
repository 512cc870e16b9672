// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger

/// What open incidents want of one person's certificates by one template.
struct IncidentWishes {
    private let all: [IncidentWish]

    /// - Parameter aims: what can be ordered for incidents that have another target than the template; nil where nobody orders.
    init(_ all: [IncidentWish] = [], aims: [Int64: EnrollmentRules]? = nil) {
        self.all = all.map { wish in
            guard wish.incident.hasTarget, let aims, aims[wish.incident.id] == nil else { return wish }
            // Its CA cannot be used: what it would need is not known.
            var wish = wish
            wish.isOrderable = false
            return wish
        }
    }

    /// What wants this certificate replaced.
    func wish(for certificateID: Int64?) -> IncidentWish? {
        certificateID.flatMap { id in all.first { $0.certificates.contains(id) } }
    }

    /// What has everything that is bought for the person bought elsewhere than the template says, whatever it is bought for: the CA that is
    /// left would only issue more of what is to be replaced. Of several the newest counts: it knows what the others have brought.
    var leaving: IncidentWish? { all.last { $0.incident.hasTarget && $0.incident.state != .cancelled } }

    /// The first certificate that a newer one has taken the place of and that an incident wants revoked now.
    func replaced(_ standing: SubscriberStanding) -> (older: SupersededCertificate, wish: IncidentWish)? {
        allReplaced(standing).first
    }

    /// The revocations of all of them, of all incidents at once, for nobody looks at the person again for that.
    func revocations(_ standing: SubscriberStanding, by actor: String) -> [NewCertificateAction] {
        allReplaced(standing).map { older, wish in
            .revoke(
                certificateID: older.certificateID, reason: wish.incident.reason, cause: wish.incident.sentence,
                actor: actor)
        }
    }

    private func allReplaced(_ standing: SubscriberStanding) -> [(older: SupersededCertificate, wish: IncidentWish)] {
        guard let used = standing.inUse?.certificateID else { return [] }
        let next = wish(for: used)?.incident.id
        return standing.superseded.compactMap { older in
            // What is in use is a successor, unless the same incident wants that replaced as well.
            guard let wish = wish(for: older.certificateID), wish.mayRevoke, wish.incident.id != next else {
                return nil
            }
            return (older, wish)
        }
    }
}
