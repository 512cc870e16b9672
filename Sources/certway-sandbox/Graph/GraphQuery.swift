// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// The query options of a Graph request; names in any case, with or without `$` (wire/graph-directory.md section 1).
struct GraphQuery: Sendable {
    /// Which of Graph's versions was asked, as its path begins: links stay in it.
    let version: String
    private let request: ServerRequest
    private let options: [String: String]
    /// Path and query as they came, without a page token: a page token is good only for exactly that.
    let base: String
    /// How the page that is asked for shall mislead.
    let pageTrouble: PageTrouble?

    init(_ call: Call) {
        let request = call.request
        self.request = request
        pageTrouble = call.pageTrouble
        version = request.path.hasPrefix("/beta/") ? "/beta" : "/v1.0"
        options = Dictionary(
            request.query.map { ($0.name.hasPrefix("$") ? String($0.name.dropFirst()) : $0.name, $0.value) }
                .map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { first, _ in first })
        let target = request.target
        let end = target.range(of: "$skiptoken=")?.lowerBound ?? target.endIndex
        base = String(target[..<end])
    }

    /// What links to this service begin with, for the caller.
    func origin(_ own: String) -> String { MicrosoftHosts.origin(of: request, own: own) }

    /// The same with the version that was asked.
    func root(_ own: String) -> String { origin(own) + version }

    subscript(_ name: String) -> String? { options[name] }

    /// `$select` as a list; nil when it is absent.
    var select: [String]? {
        options["select"].map { $0.split(separator: ",").map { $0.filter { $0 != " " } } }
    }

    var wantsCount: Bool { options["count"] == "true" }

    /// `$top`, 100 when it is absent.
    func pageSize(_ maximum: Int) throws(Reply) -> Int {
        guard let text = options["top"] else { return 100 }
        guard let size = Int(text), size >= 1 else { throw GraphError.badRequest("Invalid value '\(text)' for $top.") }
        guard size <= maximum else {
            throw GraphError.badRequest("Invalid page size specified: '\(size)'. Must be between 1 and \(maximum).")
        }
        return size
    }

    /// Refuses options that the operation does not have.
    func allowOnly(_ names: Set<String>) throws(Reply) {
        for name in options.keys.sorted() where !names.contains(name) {
            throw GraphError.unsupportedQuery("The query option '$\(name)' is not supported here.")
        }
    }
}
