// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Foundation
public import Ledger
import Planning
public import Settings

extension CertificateFilter {
    /// Only certificates in use that nothing follows by itself.
    public mutating func requireNoRenewal(_ configuration: GatewayConfiguration, at now: Date) {
        requireNoRenewal(templates: configuration.templates.filter(\.enabled).map(\.name), at: now)
    }

    /// Only certificates in use that no device has reported as installed, of templates that deliver through Intune to the person of the
    /// certificate: a shared mailbox has no device, and its keys are with others.
    public mutating func requireOnNoDevice(_ configuration: GatewayConfiguration, at now: Date) {
        let own = configuration.templates.filter { $0.delivery == .intune && $0.mailboxes == nil }
        requireOnNoDevice(templates: own.map(\.name), at: now)
    }
}
