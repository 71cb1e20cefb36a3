' The write engine from VBScript: names in any case, defaults, properties, and errors that a script
' can read. Ends with 0 when all is well, else with 1 after a line for each thing that is not.
Option Explicit

Dim failures
failures = 0

Sub Expect(what, expected, got)
    If VarType(expected) <> VarType(got) Then
        WScript.Echo what & ": expected a value of type " & VarType(expected) & ", got type " & _
            VarType(got)
        failures = failures + 1
    ElseIf expected <> got Then
        WScript.Echo what & ": expected " & expected & ", got " & got
        failures = failures + 1
    End If
End Sub

' Takes the error that Err holds and forgets it.
Sub ExpectError(what, number, words)
    If Err.Number <> number Then
        WScript.Echo what & ": expected error " & Hex(number) & ", got " & Hex(Err.Number) & " " & _
            Err.Description
        failures = failures + 1
    ElseIf InStr(1, Err.Description, words, 1) = 0 Then
        WScript.Echo what & ": expected a description with """ & words & """, got """ & _
            Err.Description & """"
        failures = failures + 1
    End If
    Err.Clear
End Sub


Sub Defaults(engine)
    Expect "BytesPerSector of a new engine", CLng(-1), engine.BytesPerSector
    Expect "StartingSectorsPerSecond of a new engine", CLng(-1), engine.StartingSectorsPerSecond
    Expect "EndingSectorsPerSecond of a new engine", CLng(-1), engine.EndingSectorsPerSecond
    Expect "UseStreamingWrite12 of a new engine", False, engine.UseStreamingWrite12
    Expect "WriteInProgress of a new engine", False, engine.WriteInProgress
    Expect "Recorder of a new engine is Nothing", True, engine.Recorder Is Nothing
End Sub

Sub Properties(engine)
    Dim small
    small = CInt(2048)
    engine.BytesPerSector = small
    Expect "BytesPerSector from an Integer", CLng(2048), engine.BytesPerSector
    engine.bytespersector = 2352.0
    Expect "BytesPerSector from a Double, in lower case", CLng(2352), engine.BYTESPERSECTOR
    engine.BytesPerSector = "2448"
    Expect "BytesPerSector from a String", CLng(2448), engine.BytesPerSector
    engine.StartingSectorsPerSecond = 75 * 40
    Expect "StartingSectorsPerSecond", CLng(3000), engine.StartingSectorsPerSecond
    engine.EndingSectorsPerSecond = -1
    Expect "EndingSectorsPerSecond", CLng(-1), engine.EndingSectorsPerSecond
    engine.UseStreamingWrite12 = True
    Expect "UseStreamingWrite12", True, engine.UseStreamingWrite12
    engine.UseStreamingWrite12 = 0
    Expect "UseStreamingWrite12 from a number", False, engine.UseStreamingWrite12
    engine.CancelWrite
    engine.Recorder = Nothing
    Set engine.Recorder = Nothing
    Expect "Recorder after it was taken away", True, engine.Recorder Is Nothing
End Sub

Sub Errors(engine)
    Dim stream
    On Error Resume Next
    engine.BytesPerSector = 0
    ExpectError "BytesPerSector = 0", &H80070057, "BytesPerSector"
    engine.StartingSectorsPerSecond = 0
    ExpectError "StartingSectorsPerSecond = 0", &H80070057, "sectors per second"
    engine.WriteSection Nothing, 0, 16
    ExpectError "WriteSection of Nothing", &H80004003, "stream"
    engine.WriteInProgress = True
    If Err.Number = 0 Then
        WScript.Echo "WriteInProgress could be set"
        failures = failures + 1
    End If
    Err.Clear
    ' Of Windows' objects for scripts, this one is a stream; Wine 8 has it without IStream.
    Set stream = CreateObject("ADODB.Stream")
    If Err.Number = 0 Then
        engine.WriteSection stream, 0, 16
        If Err.Number <> 430 Then
            ExpectError "WriteSection without a recorder", &HC0AA0003, "recorder"
        End If
    End If
    Err.Clear
    ' A recorder that stands for no drive, put with and without Set.
    engine.Recorder = CreateObject("IMAPI2.MsftDiscRecorder2")
    ExpectError "Recorder = one that is not initialised", &H80004005, "InitializeDiscRecorder"
    Set engine.Recorder = CreateObject("IMAPI2.MsftDiscRecorder2")
    ExpectError "Set Recorder = one that is not initialised", &H80004005, "InitializeDiscRecorder"
    engine.Recorder = CreateObject("IMAPI2.MsftDiscMaster2")
    If Err.Number = 0 Then
        WScript.Echo "an object that is no recorder was taken for one"
        failures = failures + 1
    End If
    Err.Clear
    Expect "Recorder after all this", True, engine.Recorder Is Nothing
End Sub

Sub WithRecorders(engine)
    Dim master, recorder, id
    Set master = CreateObject("IMAPI2.MsftDiscMaster2")
    For Each id In master
        Set recorder = CreateObject("IMAPI2.MsftDiscRecorder2")
        recorder.InitializeDiscRecorder(id)
        engine.Recorder = recorder
        Expect "Recorder put without Set is there", False, engine.Recorder Is Nothing
        engine.Recorder = Nothing
        Set engine.Recorder = recorder
        Expect "Recorder put with Set is there", False, engine.Recorder Is Nothing
        engine.Recorder = Nothing
    Next
End Sub

Sub Main
    Dim name
    For Each name In Array("IMAPI2.MsftWriteEngine2", "IMAPI2.MsftWriteEngine2.1")
        Defaults CreateObject(name)
        Properties CreateObject(name)
        Errors CreateObject(name)
    Next
    WithRecorders CreateObject("IMAPI2.MsftWriteEngine2")
End Sub

' An error that nobody handles ends a script under Wine with code 0.
On Error Resume Next
Main
If Err.Number <> 0 Then
    WScript.Echo "stopped by error " & Hex(Err.Number) & " " & Err.Description
    failures = failures + 1
End If
If failures > 0 Then WScript.Quit 1
WScript.Echo "ok"
WScript.Quit 0
