// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// People who cannot simply be enrolled; `--unusual` puts them into the group in addition to the counted ones.
enum UnusualPeople {
    static func make(seed: UInt64) -> [Person] {
        func person(_ local: String, _ name: String, _ change: (inout Person) -> Void) -> Person {
            var generator = SeededGenerator(seed, "unusual", local)
            let mail = "\(local)@\(PersonGenerator.domain)"
            var person = Person(
                id: generator.guid(), userPrincipalName: mail, displayName: name,
                givenName: String(name.prefix { $0 != " " }), surname: String(name.drop { $0 != " " }.dropFirst()),
                mail: mail, proxyAddresses: ["SMTP:\(mail)", "smtp:\(local)@\(PersonGenerator.initialDomain)"])
            change(&person)
            return person
        }
        return [
            person("disabled", "Dora Disabled") { $0.isEnabled = false },
            person("nomail", "Nora Nomail") {
                $0.mail = nil
                $0.proxyAddresses = []
                $0.mailboxPurpose = nil
            },
            person("cloudonly", "Clara Cloudonly") {
                $0.mail = "cloudonly@\(PersonGenerator.initialDomain)"
                $0.proxyAddresses = ["SMTP:cloudonly@\(PersonGenerator.initialDomain)"]
            },
            person("twice", "Tom Twice") { $0.proxyAddresses += ["smtp:Twice@Sandbox.Example", "smtp:", "smtp: "] },
            person("info", "Info Desk") {
                $0.isEnabled = false
                $0.givenName = nil
                $0.surname = nil
                $0.mailboxPurpose = "shared"
            },
            person("guest", "Gerd Guest") {
                $0.userPrincipalName = "gerd_partner.example#EXT#@\(PersonGenerator.initialDomain)"
                $0.mail = "gerd@partner.example"
                $0.proxyAddresses = ["SMTP:gerd@partner.example"]
                $0.userType = "Guest"
                $0.mailboxPurpose = nil
            },
        ]
    }
}
