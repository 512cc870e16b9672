// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A configuration that uses every key.
enum SampleConfiguration {
    static let full = """
        tenant:
          id: contoso.example
          clientID: 11111111-2222-3333-4444-555555555555
          clientSecret: env:ENTRA_SECRET
          cloud: usGovernment
          login: https://login.example
          graph: https://graph.example
          exchange: https://exchange.example
          tlsRoots: /etc/certway/proxy.pem
        intune:
          publicKey: /etc/certway/connector.pem
          providerName: Microsoft Software Key Storage Provider
          keyName: certway
          paddingScheme: oaepSha256
          pfxEncryption: aes256SHA256
        keyRecoveryAgents:
          - {name: anna, certificate: /etc/certway/anna.pem, key: "file:/etc/certway/anna.key", passphrase: "env:ANNA"}
          - {name: bert, certificate: /etc/certway/bert.pem}
        backendCAs:
          - name: public
            connector: some-ca
            environment: sandbox
            endpoint: https://ca.example/v2
            tlsRoots: /etc/certway/tls.pem
            acceptedRoots: /etc/certway/roots.pem
            settings: {apiKey: "file:/etc/certway/key", organization: 12, divisions: [a, b], strict: true}
            limits: [{requests: 3, per: 2s}]
            absenceIsSureAfter: 2h
            pollEvery: 15m
            expectedWithin: 3d
            pendingEndsAfter: 30d
            newIssuer: hold
            rules: {issued: hold, warn: accept}
          - {name: private, connector: local-ca, acceptedRoots: /etc/certway/own.pem}
        directories:
          - {name: address-list, kind: exchange, form: table, checkEvery: 12h}
          - name: certbox
            kind: ldap
            url: ldaps://certbox.example
            tlsRoots: /etc/certway/certbox.pem
            bindName: cn=gateway,dc=example
            bindPassword: env:CERTBOX
            base: dc=example
            filter: (mail={mail})
            timeout: 5s
        templates:
          - name: smime
            group: AAAAAAAA-0000-0000-0000-00000000000A
            nested: true
            backendCA: public
            product: client_premium
            key: p384
            purpose: smimeEncryption
            validityDays: 825
            names:
              commonName: .displayName + " (" + .employeeId + ")"
              organization: '"Example GmbH"'
            addressDomains: [Example.Test, example.org]
            guests: true
            transliterate: true
            options: {profileType: strict, organizationID: 12345}
            accept: {extendedKeyUsages: [documentSigning], subject: {organization: [Example GmbH], serialNumber: remark}}
            keyRecoveryAgents: [anna, bert]
            delivery: none
            publish: [address-list, certbox]
            intendedPurpose: unassigned
            pfxEncryption: tripleDESSHA1
            pendingEndsAfter: 14d
            onDeletedInIntune: reorder
            renewal: {before: 21d, spread: 3d, superseded: revoke}
            onChange: replace
            failover: {backendCA: private, product: smime, after: 4h}
            onDeparture: {after: 2d, certificate: retire}
            smime: mailbox-strict
            targets: [outlookMobile, gmail]
            price: 18.50 EUR
            prices: [{product: other, validityDays: 730, price: 31 EUR}]
            charged: placed
            limits: {ordersPerRun: 6, replacementsPerRun: 2, endingsPerRun: 3, budgetPerMonth: 300 EUR, certificatesPerPerson: 9}
            enabled: false
          - {name: plain, backendCA: private, product: smime}
          - {name: logon, group: b, backendCA: private, product: logon, purpose: clientAuthentication, certificateUserIds: subjectKeyIdentifier}
          - name: web
            for: requests
            backendCA: private
            product: server
            requests: {hosts: [www.example.org], domains: [intra.example.org], wildcards: true, keys: [p256], approval: false, remindBefore: 14d}
          - {name: team, for: mailboxes, backendCA: private, product: smime, keyHistory: 1825d, mailboxes: {onLeave: replace}}
        policies:
          - {name: staff, group: CCCCCCCC-0000-0000-0000-00000000000C, nested: false, templates: [plain]}
        limits: {ordersPerRun: 7, replacementsPerRun: 5, budgetPerMonth: 2000 EUR, endingsPerRun: 4, concurrency: 3, keyGenerators: 2, interval: 3d, driftEvery: 7d, secondPerson: true}
        console:
          listen: 0.0.0.0:8443
          publicURL: https://certway.example.org
          tls: {certificate: /etc/certway/console.pem, key: "file:/etc/certway/console.key"}
          trustedProxies: [10.0.0.0/8]
          signIn: {clientID: c0ffee11-2222-3333-4444-555555555555, clientSecret: "env:CONSOLE_SECRET", guests: true}
          roles: {administrator: [Certway.Admin], helpdesk: [h], integrator: [i], keyRecoveryAgent: [k], auditor: [a], requester: [r], employee: [e]}
          secretFolders: [/run/secrets]
          sessionHours: 4
          idleMinutes: 15
          status: false
        recovery: {approvals: 2, lapsesAfter: 2d, byOwner: false, signedInWithin: 5m}
        handOver: {lifetime: 2d, keepKeyFor: 7d, byMail: {passwordTo: passwords@example.org}}
        notifications:
          from: certway@example.org
          fromName: Certway
          smtp: {server: "mail.example.org:587", security: starttls, user: certway, password: "env:MAIL", tlsRoots: /etc/certway/mail.pem}
          administrators: [pki@example.org]
          language: theirs
          perMinute: 30
          onDoubt: hold
          expiringDays: 21
          digestHour: 5
          events:
            - event: issued
              send: true
              to: [person, administrators]
              language: de
              en: {subject: "{{serial}}", text: "{{person}}"}
              de: {subject: "{{serial}}", text: "{{person}}"}
          webhooks:
            - {name: tickets, url: "https://tickets.example.org", secret: "env:HOOK", events: [failed], tlsRoots: /etc/certway/hook.pem}
        """
}
