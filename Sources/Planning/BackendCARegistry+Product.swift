// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Settings

extension BackendCARegistry {
    /// What the profile knows about the template's product; one that it does not know, or that does not fit, is refused
    /// early.
    func fittingProduct(
        of template: TemplateConfiguration, at date: Date
    ) throws(EnrollmentError) -> ProductFacts? {
        if let facts = product(of: template) {
            let objections = facts.objections(to: template, at: date)
            guard objections.isEmpty else {
                throw EnrollmentError("product \(template.product): \(objections.joined(separator: "; "))")
            }
            return facts
        }
        // Without the backend CA nobody knows what the product needs, and verdicts would be wrong.
        if case .unusable(let reason)? = self[template.backendCA] {
            throw EnrollmentError("backend CA \(template.backendCA): \(reason)")
        }
        guard case .ready(let backend)? = self[template.backendCA], !backend.profile.products.isEmpty else {
            return nil
        }
        throw EnrollmentError(
            "\(template.backendCA) has no product \"\(template.product)\"; known: "
                + backend.profile.products.map(\.id).joined(separator: ", "))
    }
}
