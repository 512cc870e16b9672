// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings

extension GatewayConfiguration {
    /// The template by which people get certificates.
    ///
    /// - Throws: `SettingsError` for a name that no template has, and for a template of requests, which has no people.
    func templateOfPeople(_ name: String) throws(SettingsError) -> TemplateConfiguration {
        guard let template = template(name) else {
            throw SettingsError.unknown("template", name, templates.map(\.name))
        }
        guard template.requests == nil else {
            throw SettingsError(
                "template \(name) is for requests, and nobody is enrolled by it: hand a certificate request in, by "
                    + "'certway request submit'", at: .commandLine)
        }
        return template
    }
}
