// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing

/// One imitated service: finds the operation, applies faults and turns the reply into bytes.
final class Service: Sendable {
    let dialect: any ServiceDialect
    private let routes: [Route]
    private let surroundings: Surroundings
    private let switches: CASwitches?
    private let gate: @Sendable (Call) throws -> Void
    private let latest = LatestAnswers()

    /// - Parameters:
    ///   - switches: of the CA that the service belongs to, for its request limits.
    ///   - gate: sees every call before its handler and throws a `Reply` to refuse it.
    init(
        _ dialect: any ServiceDialect, routes: [Route], surroundings: Surroundings, switches: CASwitches? = nil,
        gate: @escaping @Sendable (Call) throws -> Void = { _ in }
    ) {
        self.dialect = dialect
        self.routes = routes
        self.surroundings = surroundings
        self.switches = switches
        self.gate = gate
    }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        guard let (route, found) = find(request) else {
            surroundings.log.count("unknown")
            return dialect.noSuchRoute(request.method, request.path).answer()
        }
        var call = found
        surroundings.log.count(route.operation)
        let subject = surroundings.hostility == nil ? "" : route.subject(call)
        let fault =
            surroundings.plan.next(for: route.operation)
            ?? surroundings.hostility?.fault(
                operation: route.operation, subject: subject, kind: route.kind)
        if let fault { surroundings.log.count("faults." + fault.name) }
        var generator = SeededGenerator(surroundings.hostility?.seed ?? 0, route.operation, subject)
        if switches?.isOut == true { return dress(dialect.unavailable(&generator), call) }
        if switches?.admitsRequest(at: surroundings.clock.now) == false {
            return dress(dialect.throttled(&generator), call)
        }
        switch fault {
        case .delay(let milliseconds): usleep(UInt32(milliseconds) * 1000)
        case .throttled(let wait): return dress(dialect.throttled(&generator).retrying(after: wait), call)
        case .unavailable(let wait): return dress(dialect.unavailable(&generator).retrying(after: wait), call)
        case .status(let status): return dress(failure(status, call), call)
        case .cutBefore: return .cutConnection
        case .pages(let trouble): call.pageTrouble = trouble
        default: break
        }
        let reply = dated(dialect.dress(run(route, call), for: call))
        if fault != .mixedUp { latest.keep(reply, to: request, of: route.operation) }
        switch fault {
        case .mixedUp: return (latest.other(than: request, of: route.operation) ?? reply).answer()
        case .cutAfter: return .cutConnection
        case .unavailableAfter(let wait): return dress(dialect.unavailable(&generator).retrying(after: wait), call)
        case .statusAfter(let status): return dress(failure(status, call), call)
        case .proxyAfter(let status): return Self.proxy(status, call).answer()
        case .garbledAfter(let form): return reply.garbled(form)
        case .truncated: return reply.truncated()
        case .wrongDate(let seconds):
            let date = Timestamp.http(surroundings.clock.now.addingTimeInterval(TimeInterval(seconds)))
            var reply = reply
            reply.headers.removeAll { $0.name == "Date" }
            return reply.adding("Date", date).answer(disguise: surroundings.hostility == nil ? nil : generator)
        default: return reply.answer(disguise: surroundings.hostility == nil ? nil : generator)
        }
    }

    private func failure(_ status: Int, _ call: Call) -> Reply { dialect.failure(status: status).leading(to: call) }

    /// A page that no service of ours wrote.
    private static func proxy(_ status: Int, _ call: Call) -> Reply {
        .text(
            "<html><head><title>\(status)</title></head><body><h1>\(status)</h1><hr>proxy</body></html>",
            type: "text/html", status: status
        ).leading(to: call)
    }

    /// Runs an operation without faults, for requests inside a batch; nil when there is no such operation.
    func inner(_ request: ServerRequest) -> Reply? {
        find(request).map { run($0.route, $0.call) }
    }

    private func find(_ request: ServerRequest) -> (route: Route, call: Call)? {
        let path = request.path.split(separator: "/")
        for route in routes where route.method == request.method {
            if let parameters = route.match(path) { return (route, Call(request: request, parameters: parameters)) }
        }
        return nil
    }

    private func run(_ route: Route, _ call: Call) -> Reply {
        do {
            try gate(call)
            return try route.handler(call)
        } catch let refusal as Reply {
            return refusal
        } catch {
            complain("\(route.operation): \(error)")
            return dialect.failure(status: 500)
        }
    }

    private func dress(_ reply: Reply, _ call: Call) -> ServerAnswer { dated(dialect.dress(reply, for: call)).answer() }

    /// The server dates answers by the machine's clock.
    private func dated(_ reply: Reply) -> Reply {
        surroundings.clock.isMoved ? reply.adding("Date", Timestamp.http(surroundings.clock.now)) : reply
    }
}
