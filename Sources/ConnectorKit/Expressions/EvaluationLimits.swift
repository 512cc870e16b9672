// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How much one evaluation may take.
public struct EvaluationLimits: Sendable {
    /// Wall time.
    public var time: Duration
    /// Growth of the whole process while the evaluation runs, in bytes; looked at every few hundredths of a second.
    public var memory: Int
    /// Size of all outputs together, in bytes as they lie in memory.
    public var output: Int
    /// Nesting of one output.
    public var depth: Int

    public init(
        time: Duration = .seconds(1), memory: Int = 256 << 20, output: Int = 16 << 20, depth: Int = 128
    ) {
        self.time = time
        self.memory = memory
        self.output = output
        self.depth = depth
    }
}
