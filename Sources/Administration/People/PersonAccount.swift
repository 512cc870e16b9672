// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Planning
import Settings

/// What there is to say about one person and one template, in sentences for the help desk.
struct PersonAccount {
    /// Nil for one that is not configured any more.
    let template: TemplateConfiguration?
    /// The group of the template as the directory calls it; its id where it was not read yet.
    let groupName: String?
    let decision: EnrollmentDecision?
    let standing: EnrolledPerson?
    let order: Order?
    let certificate: CertificateRecord?
    let stops: PlacementStops
    /// What keeps the certificate in use from being usable, as it was read last.
    var fault: String?

    var sentences: [String] { [verdict] + certificateSentences + orderSentences }

    private var verdict: String {
        guard let template else { return "this template is not configured any more" }
        if !template.enabled {
            let reason = standing?.serialNumber == nil ? "" : standing?.reason ?? ""
            return "the template is switched off: nothing is ordered by it" + (reason.isEmpty ? "" : "; \(reason)")
        }
        switch decision?.verdict {
        case nil where template.mailboxes != nil && standing == nil:
            return "the template is for shared mailboxes"
        case nil:
            return standing == nil
                ? "not a member of group \(groupName ?? template.group) when the directory was last read"
                : "not a member of group \(groupName ?? template.group), which the template names now"
        case .order?:
            return "a certificate is to be ordered; "
                + (stops.reason(template: template.name).map { "not yet: \($0)" } ?? "the next pass does it")
        case .covered?:
            switch standing?.status {
            case .inUse?:
                let objections = [standing?.concern == nil ? nil : standing?.reason, fault].compactMap(\.self)
                return "has a certificate in use"
                    + (objections.isEmpty ? "" : ", but: \(objections.joined(separator: "; "))")
            case .withdrawn?: return "has nothing on the devices: \(standing?.reason ?? "")"
            case .ended?: return standing?.reason ?? ""
            case .toOrder?: return "a certificate is to be ordered: \(standing?.reason ?? "")"
            default:
                return order?.isHeld == true ? "an order waits for a person" : "an order is under way"
            }
        case .waiting?, .ended?: return decision?.reason ?? ""
        case .skipped?:
            return (standing?.status == .ended ? "the time of the certificate is over, and " : "")
                + "no certificate is ordered: \(decision?.reason ?? "")"
        case .left?:
            return "no longer entitled: \(decision?.reason ?? "")"
                + (standing?.serialNumber == nil ? "" : "; the certificate is still valid")
                + (standing?.withdrawal.map { ", and \($0)" } ?? "")
        }
    }

    private var certificateSentences: [String] {
        guard let certificate else { return [] }
        let state =
            standing?.serialNumber == nil && certificate.status != .active ? ", \(certificate.status.rawValue)" : ""
        return [
            "certificate \(certificate.serialNumber) of \(certificate.backendCA), valid until "
                + "\(certificate.notAfter.ISO8601Format())\(state)"
        ]
    }

    private var orderSentences: [String] {
        guard let order else { return [] }
        var sentences = [
            "order \(order.reference) at \(order.backendCA), product \(order.product): \(order.stage.rawValue)"
        ]
        if let delivery = delivery(order) { sentences.append(delivery) }
        // What a hold wrote last is its reason, which stands below.
        if let detail = order.detail, order.holdReason.map({ !detail.contains($0) }) ?? true {
            sentences.append("last: \(detail)")
        }
        if let reason = order.holdReason {
            // Where the reason says what is to be done, a second advice would contradict it.
            let advice = reason.contains("'certway order ") ? "" : "; then 'certway order retry \(order.reference)'"
            sentences.append("held for a person: \(reason)\(advice)")
        } else if OrderStage.beforeSubmission.contains(order.stage),
            let reason = stops.reason(backendCA: order.backendCA) ?? order.waits
        {
            sentences.append("not sent to the CA yet: \(reason)")
        } else if let next = order.nextActionAt {
            sentences.append("next step not before \(next.ISO8601Format())")
        } else if order.stage == .rejected || order.stage == .failed {
            sentences.append("see 'certway order show \(order.reference)'")
        }
        if order.stage == .pending, order.waitingFor == PendingOrder.Party.subscriber.rawValue {
            sentences.append(
                "waits until the CA's mail is answered: 'certway order validation \(order.reference)' asks the CA which address "
                    + "has not confirmed")
        }
        return sentences
    }

    /// Whether key and certificate are where the person's devices fetch them.
    private func delivery(_ order: Order) -> String? {
        guard let terms = try? OrderTerms(json: order.request) else { return nil }
        // Nothing of it was ever ordered from here.
        let isAdopted = order.attempt == 0 && order.stage == .active && standing?.withdrawal == nil
        if isAdopted {
            return terms.delivery == .none
                ? "brought to devices by whoever had ordered it, and not delivered by the gateway: its key was never here"
                : "delivered through \(terms.delivery.rawValue) by whoever had ordered it: its key was never here"
        }
        guard terms.delivery != .none else { return "not delivered by the gateway (delivery: none)" }
        return switch order.stage {
        case .active where standing?.withdrawal != nil: nil
        case .delivered, .published, .active: "delivered through \(terms.delivery.rawValue)"
        case .issued: "not yet delivered through \(terms.delivery.rawValue)"
        default: nil
        }
    }
}
