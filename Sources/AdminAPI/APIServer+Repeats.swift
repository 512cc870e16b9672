// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import HTTPServing
import JSONDocuments
import PKIX

extension APIServer {
    /// Does what must not be done twice once for each key, and answers a repeated request as the first.
    /// A dry run needs no key and leaves none behind; one that it carries must be one all the same.
    func performOnce(_ call: APICall) async throws -> ServerAnswer {
        guard let name = call.request.header("Idempotency-Key") else {
            if call.isDryRun { return try await perform(call) }
            throw APIProblem(
                400, .keyMissing, "The request must name itself.",
                "the header Idempotency-Key is missing; what is paid or final is done once for each key",
                nextStep: "Send a new random text as Idempotency-Key, and the same one when you repeat the request.",
                errors: [APIFault("Idempotency-Key", "is missing")])
        }
        let allowed = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || [0x2D, 0x2E, 0x5F].contains($0)
        }
        guard allowed, (1...100).contains(name.utf8.count) else {
            throw APIProblem.invalid([
                APIFault("Idempotency-Key", "expected 1 to 100 letters, digits and . _ - of ASCII")
            ])
        }
        guard !call.isDryRun else { return try await perform(call) }
        let key = Self.digest([call.caller.owner?.text ?? call.caller.name, name])
        let digest = Self.digest(
            [call.request.method, call.request.target, String(decoding: call.request.body, as: UTF8.self)])
        let requests = RepeatedRequests(call.gateway.ledger, owner: run)
        switch try await requests.begin(key, digest: digest) {
        case .new: break
        case .other:
            throw APIProblem(
                422, .keyUsed, "The Idempotency-Key was used for something else.",
                "another request had the key \(name)", nextStep: "Send a new key with a new wish.")
        case .running:
            throw APIProblem(
                409, .running, "The same request is being done.", "the first one with this key is not answered yet",
                actor: "nobody", nextStep: "Ask again in a moment, with the same key.", retryAfter: 1)
        case .interrupted:
            throw APIProblem.conflict(
                "the gateway was stopped while it did this: nobody knows whether it is done", code: .interrupted,
                nextStep: "Look whether it is done; if not, ask with a new key.")
        case .answered(let answer):
            return .response(
                status: answer.status,
                headers: answer.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
                    + [("Idempotency-Replayed", "true")], body: Array(answer.body.utf8))
        }
        return try await performNew(call, key, requests)
    }

    private func performNew(
        _ call: APICall, _ key: String, _ requests: RepeatedRequests
    ) async throws -> ServerAnswer {
        let answer: ServerAnswer
        do {
            answer = try await perform(call)
        } catch let error as CancellationError {
            // Stopped in its midst: the claim stays, and whoever asks again after the restart is told so.
            throw error
        } catch {
            let problem = APIProblem(error, isLookup: false)
            // Nothing was done, and the next try may succeed. What was refused stays refused, and of any other failure nobody
            // knows how far it came: the same key never does it a second time.
            guard ![401, 403, 412, 428, 429, 503].contains(problem.status) else {
                try await requests.forget(key)
                throw error
            }
            try await keep(problem.answer(for: reader(of: call.request)), key, requests)
            throw problem
        }
        try await keep(answer, key, requests)
        return answer
    }

    private func keep(_ answer: ServerAnswer, _ key: String, _ requests: RepeatedRequests) async throws {
        guard case .response(let status, let headers, let body) = answer else { return }
        try await requests.end(
            key,
            with: RepeatedRequests.Answer(
                status: status, headers: Dictionary(headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
                body: String(decoding: body, as: UTF8.self)))
    }

    private static func digest(_ parts: [String]) -> String {
        // With their lengths, so that no two lists of parts are one text.
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return DigestAlgorithm.sha256.digest(Array(text.utf8)).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
    }
}
