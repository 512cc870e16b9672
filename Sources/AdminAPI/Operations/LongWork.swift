// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import JSONDocuments

extension APIOperation {
    /// Work that goes on behind an answer.
    static let longWork = [
        APIOperation(
            "getOperation", .get, "/operations/{id}", tag: "Operations",
            "How far work is that goes on behind an answer",
            permission: nil, parameters: [.path("id", "as the answer's Location says")], answer: .json(.operation)
        ) { call in .json(try await call.longOperation.json) },
        APIOperation(
            "cancelOperation", .delete, "/operations/{id}", tag: "Operations",
            "Ends work; what is done until then stays done", permission: nil,
            parameters: [.path("id", "as the answer's Location says")], answer: .nothing
        ) { call in
            let operation = try await call.longOperation
            guard operation.state == .running else {
                throw APIProblem.conflict("the operation is \(operation.state.rawValue) already", code: .already)
            }
            guard !call.isDryRun else { return .nothing }
            try await LongOperations(call.gateway.ledger).cancel(operation.id)
            call.runner.cancel(operation.id)
            return .nothing
        },
    ]
}

extension APICall {
    /// The operation in the path: one's own, or any for who may change everything or look at everything.
    fileprivate var longOperation: LongOperation {
        get async throws {
            let found = try await LongOperations(gateway.ledger).operation(path("id"))
            let mayAll = caller.may(operation.method.isSafe ? .readServices : .runJobs)
            guard let found, found.isFrom(caller.name, caller.owner) || mayAll else {
                throw APIProblem.notFound("no operation has the id \(path("id").prefix(60))")
            }
            return found
        }
    }
}
