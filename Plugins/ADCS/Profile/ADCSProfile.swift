// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import YAMLDocuments

/// Section `adcs` of a profile.
struct ADCSProfile: Sendable {
    /// How a request on behalf of somebody is signed (wire/adcs-http §8).
    enum OnBehalfForm: String, Sendable, CaseIterable {
        case pkcs7, cmc
    }

    let userAgent: String
    let timeout: Duration
    /// Request attribute that carries our reference, for people who search the CA's database.
    let referenceAttribute: String?
    let onBehalfForm: OnBehalfForm
    let phrases: PagePhrases

    static let keys: [ProfileKey] =
        [
            ProfileKey(
                "settings", "mapping",
                "What the administrator gives for a backend CA. The module knows these, all but the first may be left out.",
                example: """

                      authentication: {type: choice, title: How to sign in, choices: [basic, ntlm, negotiate, certificate, none]}
                      user: {type: text, title: User, required: false}
                      password: {type: secret, title: Password of the user, required: false}
                      domain: {type: text, title: NetBIOS name of the domain, required: false}
                      clientCertificate: {type: secret, title: TLS client certificate with its key, required: false}
                      clientCertificatePassword: {type: secret, title: Password of the client certificate, required: false}
                      agentCertificate: {type: secret, title: Enrollment agent certificate with its key, required: false}
                      agentPassword: {type: secret, title: Password of the agent certificate, required: false}
                      caName: {type: text, title: Common name of the CA, required: false}
                      resubmitAfterLostAnswer: {type: boolean, title: Order again after a lost answer, default: false}
                    """),
            ProfileKey(
                "adcs", "mapping", isRequired: true, "How the pages of Web Enrollment are asked and understood.",
                example: """

                      phrases:
                        en:
                          pending: Certificate Pending
                          requestID: Your Request Id is
                          disposition: The disposition message is
                          submitted: Taken Under Submission
                          denied: Denied by
                    """),
            ProfileKey(
                "adcs.userAgent", "text",
                "Must look like a browser's, or the pages are others; one of the module's when left out."),
            ProfileKey(
                "adcs.timeout", "duration",
                "Bound for one exchange; certificates are made within it. 120s when left out."),
            ProfileKey(
                "adcs.referenceAttribute", "text",
                "Request attribute that carries our reference, so that people find an order in the CA's database. Left out: none."
            ),
            ProfileKey(
                "adcs.onBehalfForm", "word",
                "How the enrollment agent signs a request: pkcs7 around the request, or cmc; pkcs7 when left out.",
                words: OnBehalfForm.allCases.map(\.rawValue)),
            ProfileKey(
                "adcs.phrases", "mapping", isRequired: true,
                "Words of the pages by language, for what links and numbers do not tell."),
            ProfileKey("adcs.phrases.*", "mapping", "The words of one language; all are needed."),
        ] + PagePhrases.keys.map { ProfileKey("adcs.phrases.*.\($0.name)", "text", isRequired: true, $0.help) }

    /// - Throws: everything that is wrong with the section.
    init(_ profile: ConnectorProfile) throws(Diagnostics) {
        let collector = DiagnosticCollector()
        profile.diagnoseSections(known: Self.keys).forEach(collector.add)
        var phrases = PagePhrases()
        let section = profile.sections["adcs"]
        let reader = section.map { MappingReader($0, path: "adcs", collector: collector) }
        if reader == nil {
            collector.add(Diagnostic(file: profile.file, keyPath: "adcs", message: "adcs is missing", hint: nil))
        }
        userAgent = reader?.string("userAgent") ?? "Mozilla/5.0 (X11; Linux x86_64) Certway/1"
        timeout = reader?.duration("timeout", in: .exchange) ?? .seconds(120)
        referenceAttribute = reader?.string("referenceAttribute")
        onBehalfForm = reader?.choice("onBehalfForm") ?? .pkcs7
        if let name = referenceAttribute, !RequestAttributes.isName(name) {
            reader?.add("referenceAttribute", "\(name) cannot be the name of a request attribute")
        }
        if reader?.requiredNode("phrases") != nil {
            for language in reader?.dictionary("phrases") ?? [] {
                let words = MappingReader(language.node, path: language.path, collector: collector)
                phrases.add(words.requiredString)
                words.finish()
            }
        }
        reader?.finish(known: Self.keys.names(in: "adcs"))
        self.phrases = phrases
        try collector.check()
    }
}
