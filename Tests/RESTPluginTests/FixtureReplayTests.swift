// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import Testing

@testable import RESTPlugin

/// Every folder of `Fixtures` that has a `backend.json` is replayed: a pair `NAME-request.json`, `NAME-response.json` is one
/// exchange, and a `NAME-result.json` beside it makes it a case of the operation before the first dot of its name. Further
/// exchanges of a case are those of other operations, or `NAME+ANYTHING` for this case only.
@Suite struct FixtureReplayTests {
    @Test(arguments: try FixtureFolder.all()) func theProfileHasNoProblems(_ folder: FixtureFolder) throws {
        #expect(RESTConnector.diagnose(try folder.profile()).map(\.description) == [])
    }

    @Test(arguments: try FixtureFolder.all()) func everyOperationHasACase(_ folder: FixtureFolder) throws {
        let covered = Set(try folder.cases().map(\.operation))
        let claimed = try folder.profile().sections["operations"]?.members?.compactMap(\.key.scalar) ?? []
        let followUps = Set(try folder.exchanges().map(\.name))
        #expect(claimed.filter { !covered.contains($0) && !followUps.contains($0) } == [])
    }

    @Test(arguments: try FixtureFolder.all().flatMap { try $0.cases() })
    func replay(_ replayed: FixtureCase) async throws {
        let exchanges = try replayed.folder.exchanges()
        let preferred = exchanges.filter { $0.name == replayed.name || $0.name.hasPrefix(replayed.name + "+") }
        let others = exchanges.filter { !$0.name.contains { ".+".contains($0) } && $0.name != replayed.name }
        let endpoint = replayed.folder.endpoint
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            let known = (preferred + others).map { ($0, $0.fixture.differences(from: request, endpoint: endpoint)) }
            if let fitting = known.first(where: { $0.1.isEmpty }) { return fitting.0.fixture.response }
            let nearest = known.min { $0.1.count < $1.1.count }
            Issue.record(
                "no fixture fits \(request.method) \(request.url) \(request.bodyText); \(nearest?.0.name ?? "none"): \(nearest?.1 ?? [])"
            )
            return HTTPResponse(599)
        }
        let backend = try replayed.folder.backend(http)
        let result = await OperationRunner(connector: backend.connector, folder: replayed.folder).run(
            replayed.operation)
        #expect(result == replayed.result, "found: \(result.prettyText)")
        #expect(!http.requests.isEmpty)
    }
}
