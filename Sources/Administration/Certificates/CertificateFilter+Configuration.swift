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

    /// Only certificates in use that no device has reported as installed, of templates that deliver through Intune.
    public mutating func requireOnNoDevice(_ configuration: GatewayConfiguration, at now: Date) {
        requireOnNoDevice(templates: configuration.templates.filter { $0.delivery == .intune }.map(\.name), at: now)
    }
}
