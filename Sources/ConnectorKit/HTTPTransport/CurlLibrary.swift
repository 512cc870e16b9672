// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// The library behind this room.
public enum CurlLibrary {
    /// As the library names itself and those it works with, such as `libcurl/8.14.1 OpenSSL/3.5.4 zlib/1.3.1`.
    public static var version: String { String(cString: curl_version()) }
}
