// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import PKIX

/// What all sandbox CAs have: an address, keys, an order book, and CRLs on an address without TLS.
///
/// A face makes one, builds its routes on `book` and calls `begin`.
final class CAServer: Sendable {
    /// How clients reach the CA.
    enum Transport: Sendable {
        case http
        case https
        /// HTTPS, and the client is asked for a certificate; `operators` looks at what it shows.
        case httpsWithClientCertificate
    }

    let name: String
    let switches = CASwitches()
    let authority: IssuingAuthority
    let book: OrderBook
    let operators: OperatorCertificates
    let surroundings: Surroundings
    /// The base URL.
    let url: String
    /// Base URL of CRLs and CA certificates.
    let publicationURL: String
    private let tlsRoot: Certificate?
    private let server: HTTPServer
    private let publication: HTTPServer
    private let entrance: Entrance

    /// - Parameters:
    ///   - name: of the part; `title` stands in the names of its CAs.
    ///   - keyType: of the CAs' keys.
    ///   - intermediates: CAs between the root and a leaf.
    ///   - hasResponder: whether revocation is answered by OCSP, too.
    init(
        _ name: String, title: String, setup: CASetup, transport: Transport = .http,
        policy: OrderPolicy = OrderPolicy(),
        keyType: KeyType = .p256, intermediates: Int = 1, hasResponder: Bool = true
    ) throws {
        self.name = name
        surroundings = setup.surroundings
        // The addresses are known only when the servers run, and what they serve needs them.
        let entrance = Entrance()
        let lists = Entrance()
        publication = try HTTPServer { lists.answer($0) }
        publicationURL = publication.url
        if transport == .http {
            tlsRoot = nil
            server = try HTTPServer { entrance.answer($0) }
        } else {
            let tls = try TLSAuthority(name: title)
            tlsRoot = tls.root
            server = try HTTPServer(
                tls: try tls.makeIdentity(), requestsClientCertificate: transport == .httpsWithClientCertificate
            ) { entrance.answer($0) }
        }
        url = server.url
        authority = try IssuingAuthority(
            name: title, url: publication.url, clock: setup.surroundings.clock, switches: switches, keyType: keyType,
            intermediates: intermediates, hasResponder: hasResponder)
        operators = try OperatorCertificates(name: title, clock: setup.surroundings.clock, switches: switches)
        book = OrderBook(name: name, authority: authority, policy: policy, setup: setup)
        self.entrance = entrance
        // CRLs come without failures.
        let quiet = Surroundings(
            clock: setup.surroundings.clock, log: setup.surroundings.log, plan: setup.surroundings.plan, hostility: nil)
        let service = Service(ControlDialect(), routes: authority.routes, surroundings: quiet)
        lists.open { service.answer($0) }
    }

    /// Begins to answer; until then clients see 503.
    ///
    /// - Parameters:
    ///   - dialect: how the CA words failures.
    ///   - gate: sees every call before its handler and throws a `Reply` to refuse it: credentials belong here.
    func begin(
        _ dialect: any ServiceDialect, routes: [Route], gate: @escaping @Sendable (Call) throws -> Void = { _ in }
    ) {
        let service = Service(dialect, routes: routes, surroundings: surroundings, switches: switches, gate: gate)
        begin { service.answer($0) }
    }

    /// Begins to answer in a way of the face's own.
    func begin(_ answer: @escaping @Sendable (ServerRequest) -> ServerAnswer) { entrance.open(answer) }

    /// The members that every CA has in the ready line.
    ///
    /// - Parameters:
    ///   - path: what follows the base URL in `endpoint`.
    ///   - products: ids, the most useful first.
    ///   - others: further members such as `otherSettings`.
    func json(path: String = "", settings: JSONValue, products: [String], others: [String: JSONValue] = [:])
        -> JSONValue
    {
        var members = others
        members["endpoint"] = .string(url + path)
        members["settings"] = settings
        members["rootPEM"] = .string(authority.root.pem)
        members["tlsRootPEM"] = tlsRoot.map { .string($0.pem) }
        members["products"] = JSONValue(products)
        return .object(members)
    }

    func stop() {
        server.stop()
        publication.stop()
    }
}
