// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The streams of a program. All that people read leaves through here, and is cleaned here (`VisibleText`).
public enum Terminal {
    /// Why the first piece of output that did not arrive did not.
    private static let lost = Mutex<Int32?>(nil)

    /// One sentence on standard output, on as many lines as it needs. What cannot be written is told at the end, by `Program`: work
    /// that is under way goes on.
    public static func print(_ text: OutputText) {
        print(lines: width.map { TextWidth.sentences(text.text, $0) } ?? text.text)
    }

    /// JSON on standard output, the same value without scalars that steer a terminal.
    public static func print(json: String) { put(VisibleText.json(json)) }

    /// Lines on standard output, which the program has put together from clean parts, such as a table.
    public static func print(lines: String) { put(VisibleText.lines(lines)) }

    /// Comma-separated values on standard output; the first record names the columns.
    public static func print(csv records: [[String]]) { put(records.map(CSVText.record).joined(), end: "") }

    private static func put(_ text: String, end: String = "\n") {
        // A reader that has read enough, such as head, is no failure.
        guard let code = write(text + end, to: STDOUT_FILENO), code != EPIPE else { return }
        lost.withLock { $0 = $0 ?? code }
    }

    /// A sentence, or several lines of them, on standard error. Where it cannot be written, nobody is left to be told.
    public static func complain(_ text: String) {
        let clean = VisibleText.lines(text)
        write((columns(of: STDERR_FILENO).map { TextWidth.sentences(clean, $0) } ?? clean) + "\n", to: STDERR_FILENO)
    }

    /// JSON on standard error, as `print(json:)`.
    static func complain(json: String) { write(VisibleText.json(json) + "\n", to: STDERR_FILENO) }

    /// Whether a person watches standard error.
    public static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// Characters that fit a line of standard output: those of the terminal, else what COLUMNS says; nil for any number.
    public static let width: Int? = {
        if let columns = columns(of: STDOUT_FILENO) { return columns }
        let said = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
        return said > 0 ? said : nil
    }()

    /// How wide the terminal behind a stream is; nil where there is none.
    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Ends the output: some file systems tell only then that there was no room for it.
    ///
    /// - Returns: why not everything printed has arrived; nil when it has.
    static func finish() -> String? {
        if close(STDOUT_FILENO) != 0, errno != EBADF {
            let code = errno
            lost.withLock { $0 = $0 ?? code }
        }
        return lost.withLock { $0 }.map { String(cString: strerror($0)) }
    }

    /// - Returns: the error number of what could not be written; nil when everything was.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN {
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
                continue
            }
            guard written > 0 else { return written < 0 ? errno : EIO }
            bytes = bytes.dropFirst(written)
        }
        return nil
    }
}
