// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import YAMLDocuments

/// What people may ask for by a template of requests: they bring the key of a server, and say which names it has.
public struct RequestPolicy: Sendable, Hashable {
    /// These hosts, in lower case.
    public var hosts: Set<String> = []
    /// These domains, and every host below them.
    public var domains: Set<String> = []
    /// Whether a name may begin with `*.`, below one of the domains.
    public var wildcards = false
    /// Kinds of keys; empty for what the product takes.
    public var keys: [KeyType] = []
    /// Whether an administrator has to agree before anything is ordered.
    public var approval = true
    /// How long before its end whoever asked is reminded.
    public var remindBefore = Duration.seconds(30 * 86_400)
    /// The same in seconds: from then on the same may be asked for again.
    public var renewableFor: Double { Double(remindBefore.components.seconds) }

    public init() {}

    /// Why a name may not be asked for; nil where it may.
    public func objection(to host: String) -> String? {
        let host = host.lowercased()
        let isWildcard = host.hasPrefix("*.")
        let name = isWildcard ? String(host.dropFirst(2)) : host
        guard MailDomain.isOne(name), name.contains(".") else { return "\(host) is no host name with a domain" }
        if isWildcard, !wildcards { return "\(host): names for every host of a domain are not allowed here" }
        if !isWildcard, hosts.contains(host) { return nil }
        let isBelow = domains.contains { name == $0 || name.hasSuffix("." + $0) }
        return isBelow ? nil : "\(host) is not allowed: \(allowed)"
    }

    /// What may be asked for, in words.
    private var allowed: String {
        let parts = hosts.sorted() + domains.sorted().map { "\($0) and hosts below it" }
        return parts.isEmpty ? "the template allows no names" : "the template allows " + parts.joined(separator: ", ")
    }
}

extension RequestPolicy {
    private static let notice: ClosedRange<Duration> = .zero...(.seconds(3650 * 86_400))

    /// Reads the key `requests` of a template; nil for a template of people.
    init?(_ reader: MappingReader) {
        let kind = reader.choice("for", of: TemplateSubject.self) ?? .people
        guard kind == .requests else {
            if reader.has("requests") { reader.add("requests", "goes with for: requests; this template is for people") }
            return nil
        }
        self.init()
        guard let requests = reader.mapping("requests") else {
            reader.add("for", "requests is missing: it says which names may be asked for")
            return
        }
        hosts = Set(MailDomain.list(requests, "hosts"))
        domains = Set(MailDomain.list(requests, "domains"))
        if hosts.isEmpty, domains.isEmpty {
            requests.add("domains", "neither hosts nor domains are named: nothing could be asked for")
        }
        wildcards = requests.bool("wildcards") ?? wildcards
        keys = (requests.list("keys") ?? []).compactMap { $0.node.choice(at: $0.path, reader.collector) }
        approval = requests.bool("approval") ?? approval
        remindBefore = requests.duration("remindBefore", in: Self.notice) ?? remindBefore
        requests.finish(known: ConfigurationKeys.names(in: "templates[].requests"))
    }
}

extension TemplateConfiguration {
    /// From how many seconds before the end of a requested certificate on whoever asked is reminded, and may ask for the same again.
    public var renewableFor: Double { (requests ?? RequestPolicy()).renewableFor }
}
