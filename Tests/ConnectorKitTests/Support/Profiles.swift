// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import YAMLDocuments

/// Profiles for tests; no file holds them.
enum Profiles {
    static let complete = """
        connector: example-ca
        title: Example CA
        module: rest
        documentation: [https://docs.example.com/api#orders]
        environments:
          production: https://api.example.com/v1/
          sandbox: http://127.0.0.1:8080
        settings:
          apiKey: {type: secret, title: API key, help: from the portal}
          account: {type: integer, title: Account, rank: -1}
          profileType: {type: choice, title: Profile type, choices: {strict: Strict, multipurpose: Multipurpose}, default: strict}
          organization: {type: choice, title: Organization, choicesFrom: listOrganizations, required: false}
          skipApproval: {type: boolean, title: Skip approval, default: true}
          clientCertificate: {type: file, title: Client certificate, required: false}
        login: {headers: {X-Api-Key: "${ .settings.apiKey }"}}
        operations:
          enroll: {request: {method: POST}}
          poll: {request: {method: GET}}
          listOrganizations: {request: {method: GET}}
        errors: []
        limits: [{requests: 100, per: 5s}, {requests: 1000, per: 3m}]
        products:
          - id: mailbox
            title: Mailbox
            aliases: [mailbox_sha2]
            keyTypes: [rsa2048, p256]
            purposes: [smime]
            validityDays: {minimum: 30, maximum: 825}
            names: {required: [emails], allowed: [emails, commonName]}
            from: 2025-07-10
            until: 2027-01-01
            options: {usage: {type: choice, title: Usage, choices: [signing, dual_use], default: dual_use}}
          - {id: legacy, title: Legacy, validityDays: [365, 730]}
        revocationReasons: {keyCompromise: key_compromise, superseded: 4, certificateHold: null}
        abilities: [inventory]
        absenceIsSureAfter: 15m
        chain:
          roots: ["AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89"]
        """

    /// The diagnostics of a profile, in the order of its lines.
    static func problems(_ text: String, file: String = "x.yaml") -> [Diagnostic] {
        do {
            _ = try ConnectorProfile.read(text, file: file)
            return []
        } catch {
            return error.all
        }
    }
}
