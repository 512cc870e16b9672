// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import MicrosoftGraph
import PKIX
import Settings
import YAMLDocuments

extension ConfigurationInspection {
    func look(at console: ConsoleConfiguration, _ reader: MappingReader) {
        if let tls = console.tls, let place = reader.mapping("tls") {
            let chain = certificates(
                place, "certificate", tls.certificate, "the server's certificate", mayHoldKey: true)
            if let first = chain.first, !first.isValid(at: now) {
                place.add("certificate", "the certificate is not valid now", hint: "put the renewed one into the file")
            }
            if let pem = secret(place, "key", tls.key), let key = attempt(place, "key", { try PrivateKey(pem: pem) }),
                let first = chain.first
            {
                attempt(place, "key") {
                    guard try key.publicKey == first.publicKey else {
                        throw SettingsError(
                            "the private key does not belong to the certificate: give the pair that was made together")
                    }
                }
            }
        }
        guard let signIn = console.signIn, let place = reader.mapping("signIn") else { return }
        if let clientID = signIn.clientID {
            note(place, "clientID", guid: clientID, of: "the application id of the app registration")
        }
        if let credential = signIn.credential {
            look(at: credential, of: signIn.clientID ?? "", in: reading.configuration.tenant?.id ?? "", place)
        }
    }
}
