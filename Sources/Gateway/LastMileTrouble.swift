// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import DeliveryProof
public import Ledger

/// A fault between Intune and devices, and how many certificates have it.
public struct LastMileTrouble: Sendable {
    public let rule: LastMileRule
    public let count: Int
    /// One of them.
    public let example: CertificateRecord
    /// Of the order of that one.
    let reference: String

    /// Whether somebody who runs the gateway has to act, and not the person whose certificate it is.
    public var isForOperator: Bool { rule.actor == "operator" }

    /// What it is, of whom, and the next step.
    public var sentence: String {
        let step = rule.nextStep(serialNumber: example.serialNumber, reference: reference)
        return
            "\(Plural(count, "certificate")), such as \(example.serialNumber) of \(example.userPrincipalName): \(rule.cause); next: \(step)"
    }
}
