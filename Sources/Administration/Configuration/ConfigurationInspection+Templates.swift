// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Settings
import YAMLDocuments

extension ConfigurationInspection {
    func look(at template: TemplateConfiguration, _ reader: MappingReader) {
        note(reader, "group", guid: reader.node("group")?.scalar ?? "", of: "the object id of the group")
        lookAtFailover(of: template, reader)
        // A backend CA that is not there, or whose connector is not, is noted already.
        guard let backendCA = reading.configuration.backendCA(template.backendCA), !template.product.isEmpty,
            let profile = catalogue.outline(named: backendCA.connector), !profile.products.isEmpty
        else { return }
        guard let product = profile.product(template.product) else {
            return reader.add(
                "product", "connector \(profile.name) has no product \"\(template.product)\"",
                hint: suggestion(for: template.product, in: profile.products.flatMap { [$0.id] + $0.aliases }))
        }
        for misfit in product.misfits(of: template, at: now) where template.enabled || misfit.key != "product" {
            let keys = [misfit.key, misfit.option].compactMap(\.self)
            // What the template leaves out stands nowhere.
            let isThere = reader.has(misfit.key)
            reading.collector.add(
                Self.node(reader, isThere ? keys : ["product"]), Self.path(reader, keys),
                "product \(template.product): \(misfit.message)")
        }
    }

    /// What stands in has to take what the template orders: nobody is there to mend it when it is needed.
    private func lookAtFailover(of template: TemplateConfiguration, _ reader: MappingReader) {
        guard let failover = template.failover, let place = reader.node("failover"),
            let backendCA = reading.configuration.backendCA(failover.backendCA),
            let profile = catalogue.outline(named: backendCA.connector), !profile.products.isEmpty
        else { return }
        let path = reader.path(of: "failover") + ".product"
        guard let product = profile.product(failover.product) else {
            return reading.collector.add(
                place, path, "connector \(profile.name) has no product \"\(failover.product)\"",
                hint: suggestion(for: failover.product, in: profile.products.flatMap { [$0.id] + $0.aliases }))
        }
        var standIn = template
        standIn.options = [:]
        for misfit in product.misfits(of: standIn, at: now) {
            reading.collector.add(place, path, "product \(failover.product): \(misfit.message)")
        }
    }
}
