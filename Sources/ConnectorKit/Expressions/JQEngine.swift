// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ
internal import JSONDocuments

/// One jq interpreter with all programs of a library compiled into it, and the stack it runs on.
///
/// jq counts references without atomics, so only one thread may use it at a time: the one that took it from the pool.
final class JQEngine: @unchecked Sendable {
    /// Whether an evaluation had to be stopped; the interpreter should go then, with the memory it took.
    private(set) var isSpent = false
    // Owned here alone; freed in deinit on the deep stack, because the values in it may be nested deeply.
    private let state: OpaquePointer
    private let stack: DeepStack
    private let watch = EvaluationWatch()

    /// - Returns: nil when the programs do not compile.
    init?(_ programs: [JQSource]) {
        guard let stack = DeepStack(), case .success(let state) = Self.compile(Self.combined(programs)) else {
            return nil
        }
        (self.stack, self.state) = (stack, state)
        EvaluationWatchdog.shared.observe(watch)
    }

    deinit {
        let state = state
        stack.run {
            var state: OpaquePointer? = state
            jq_teardown(&state)
        }
    }

    /// What jq says about one program alone; nil when it compiles.
    static func compileError(of program: JQSource) -> JQCompileError? {
        switch compile(combined([program])) {
        case .success(let state):
            var state: OpaquePointer? = state
            jq_teardown(&state)
            return nil
        case .failure(let error): return error
        }
    }

    /// Evaluates one program.
    ///
    /// - Parameters:
    ///   - members: what it may read of an object; the rest is not handed over. Nil for all.
    ///   - firstOnly: whether to leave it at the first output.
    func evaluate(
        _ index: Int, _ input: JSONValue, members: [String]? = nil, firstOnly: Bool, limits: EvaluationLimits
    ) -> Result<[JSONValue], JQFailure> {
        var reason: JQFailure?
        var result: Result<[JSONValue], JQFailure> = .success([])
        stack.run {
            var argument = jv_array_sized(2)
            argument = jv_array_append(argument, jv_number(Double(index)))
            argument = jv_array_append(argument, input.makeJV(only: members))
            jq_start(state, argument, 0)
            // Watched only now: starting takes back an earlier order to stop.
            watch.begin(state, limits: limits)
            result = outputs(firstOnly: firstOnly, limits: limits)
            reason = watch.end()
            // Frees what the evaluation holds; nothing of one order stays until the next.
            jq_start(state, jv_null(), 0)
        }
        if let reason {
            isSpent = true
            return .failure(reason)
        }
        return result
    }

    private func outputs(firstOnly: Bool, limits: EvaluationLimits) -> Result<[JSONValue], JQFailure> {
        var outputs: [JSONValue] = []
        var room = limits.output
        while true {
            let value = jq_next(state)
            guard jv_is_valid(value) != 0 else {
                let reason = jv_invalid_get_msg(value)
                defer { jv_free(reason) }
                // No message: the outputs are at their end, or the watchdog stopped the program and tells so itself.
                if jv_get_kind(reason) == JV_KIND_INVALID || jv_get_kind(reason) == JV_KIND_NULL {
                    return .success(outputs)
                }
                guard Self.fits(reason, in: &room, depth: limits.depth) else { return .failure(.outputLimit) }
                return .failure(.raised(JSONValue(copying: reason)))
            }
            defer { jv_free(value) }
            guard Self.fits(value, in: &room, depth: limits.depth) else { return .failure(.outputLimit) }
            outputs.append(JSONValue(copying: value))
            if firstOnly { return .success(outputs) }
        }
    }

    /// Whether a borrowed value is small and flat enough to be copied. Shared parts count each time they occur, because a
    /// copy has them each time.
    private static func fits(_ value: jv, in room: inout Int, depth: Int) -> Bool {
        room -= 32
        guard room >= 0, depth >= 0 else { return false }
        switch jv_get_kind(value) {
        case JV_KIND_STRING: room -= Int(jv_string_length_bytes(jv_copy(value)))
        case JV_KIND_ARRAY:
            for index in 0..<jv_array_length(jv_copy(value)) {
                let element = jv_array_get(jv_copy(value), index)
                defer { jv_free(element) }
                guard fits(element, in: &room, depth: depth - 1) else { return false }
            }
        case JV_KIND_OBJECT:
            var iterator = jv_object_iter(value)
            while jv_object_iter_valid(value, iterator) != 0 {
                let key = jv_object_iter_key(value, iterator)
                let member = jv_object_iter_value(value, iterator)
                defer {
                    jv_free(key)
                    jv_free(member)
                }
                guard fits(key, in: &room, depth: depth), fits(member, in: &room, depth: depth - 1) else {
                    return false
                }
                iterator = jv_object_iter_next(value, iterator)
            }
        default: break
        }
        return room >= 0
    }

    /// The programs as functions `__0`, `__1` … behind the prelude, chosen by halves so that many cost little more than
    /// one. Each stands on lines of its own, in brackets, so that a comment or a definition at its end stays its own.
    private static func combined(_ programs: [JQSource]) -> String {
        func choice(_ range: Range<Int>) -> String {
            guard range.count > 1 else { return "__\(range.lowerBound)" }
            let middle = (range.lowerBound + range.upperBound) / 2
            let (low, high) = (choice(range.lowerBound..<middle), choice(middle..<range.upperBound))
            return "if $__p < \(middle) then \(low) else \(high) end"
        }
        let functions = programs.enumerated().map { "def __\($0): (\n\($1.text)\n);\n" }.joined()
        return JQPrelude.text + " " + ExpressionFunction.definitions(for: programs) + functions
            + ".[0] as $__p | .[1] | " + choice(programs.indices)
    }

    private static func compile(_ program: String) -> Result<OpaquePointer, JQCompileError> {
        guard let state = jq_init() else { return .failure(JQCompileError(message: "out of memory", line: 0)) }
        let messages = JQMessages()
        jq_set_error_cb(state, JQMessages.callback, Unmanaged.passUnretained(messages).toOpaque())
        let isCompiled = jq_compile(state, program) != 0
        // The program itself must not write anywhere later.
        jq_set_error_cb(state, { _, message in jv_free(message) }, nil)
        withExtendedLifetime(messages) {}
        guard isCompiled else {
            var state: OpaquePointer? = state
            jq_teardown(&state)
            return .failure(JQCompileError(messages.texts))
        }
        return .success(state)
    }
}
