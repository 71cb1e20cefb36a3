' Recorders from VBScript, with the idioms of Microsoft's own scripts. Works on a computer without
' recorders; on one that has some, asks all of them. Ends with 0 when all is well, else with 1 after
' a line for each thing that is not.
Option Explicit

Const Bstr = 8
Const VariantArray = 8204

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

' Item, the default property and For Each tell the same ids in the same order.
Sub Enumeration(master)
    Dim id, index
    index = 0
    For Each id In master
        Expect "item " & index & " is a string", Bstr, VarType(id)
        Expect "Item(" & index & ")", id, master.Item(index)
        Expect "master(" & index & ")", id, master(index)
        Expect "ITEM(" & index & ")", id, master.ITEM(CLng(index))
        index = index + 1
    Next
    Expect "Count", CLng(index), master.Count
    If index > 0 Then Expect "IsSupportedEnvironment", True, master.IsSupportedEnvironment
    If index = 0 Then Expect "IsSupportedEnvironment", False, master.issupportedenvironment
End Sub

Sub BadIndex(master)
    On Error Resume Next
    Dim id
    id = master.Item(-1)
    ExpectError "Item(-1)", &H80070057, "recorder"
    id = master.Item(master.Count)
    ExpectError "Item(Count)", &H80070057, "recorder"
    id = master.Item("no number")
    If Err.Number = 0 Then
        WScript.Echo "Item took a word for a number"
        failures = failures + 1
    End If
    Err.Clear
End Sub

' The elements of an array are all of one type, and the array can be walked even when empty.
Function Walk(what, values, wanted)
    Dim value, count
    Expect what & " is an array of variants", VariantArray, VarType(values)
    count = 0
    For Each value In values
        Expect "the type of an element of " & what, wanted, VarType(value)
        count = count + 1
    Next
    Walk = count
End Function

Sub AskRecorder(id)
    Dim recorder, feature, found
    Set recorder = CreateObject("IMAPI2.MsftDiscRecorder2")
    recorder.InitializeDiscRecorder( id )
    Expect "ActiveDiscRecorder", id, recorder.ActiveDiscRecorder
    Expect "the default property", id, recorder & ""
    Expect "VendorId is a string", Bstr, VarType(recorder.VendorId)
    Expect "ProductId is a string", Bstr, VarType(recorder.productid)
    Expect "ProductRevision is a string", Bstr, VarType(recorder.ProductRevision)
    Expect "LegacyDeviceNumber is a Long", vbLong, VarType(recorder.LegacyDeviceNumber)
    Expect "DeviceCanLoadMedia is a Boolean", vbBoolean, VarType(recorder.DeviceCanLoadMedia)
    Walk "VolumePathNames", recorder.VolumePathNames, Bstr
    Walk "CurrentProfiles", recorder.CurrentProfiles, vbLong
    Walk "CurrentFeaturePages", recorder.CurrentFeaturePages, vbLong
    If Walk("SupportedProfiles", recorder.SupportedProfiles, vbLong) = 0 Then
        Expect "profiles of " & id, "some", "none"
    End If
    If Walk("SupportedModePages", recorder.SupportedModePages, vbLong) = 0 Then
        Expect "mode pages of " & id, "some", "none"
    End If
    Walk "SupportedFeaturePages", recorder.SupportedFeaturePages, vbLong
    found = False
    For Each feature In recorder.SupportedFeaturePages
        If feature = 1 Then found = True
    Next
    Expect "the core feature is among those of " & id, True, found
End Sub

' Only for recorders in software: those of other programs may be in use.
Sub LockRecorder(id)
    Dim mine, other
    If InStr(id, "#virtual#") = 0 Then Exit Sub
    Set mine = CreateObject("IMAPI2.MsftDiscRecorder2")
    Set other = CreateObject("IMAPI2.MsftDiscRecorder2.1")
    mine.InitializeDiscRecorder id
    other.InitializeDiscRecorder id
    mine.AcquireExclusiveAccess True, "VBScript"
    Expect "ExclusiveAccessOwner", "VBScript", other.ExclusiveAccessOwner
    On Error Resume Next
    other.AcquireExclusiveAccess True, "somebody else"
    ExpectError "a second owner", &HC0AA0210, "VBScript"
    other.EjectMedia
    ExpectError "EjectMedia of a locked drive", &HC0AA0210, "VBScript"
    On Error Goto 0
    mine.ReleaseExclusiveAccess
    Expect "ExclusiveAccessOwner afterwards", "", other.ExclusiveAccessOwner
End Sub

Sub Errors(recorder)
    Dim text
    On Error Resume Next
    text = recorder.VendorId
    ExpectError "VendorId before InitializeDiscRecorder", &H80004005, "InitializeDiscRecorder"
    recorder.InitializeDiscRecorder "no such recorder"
    ExpectError "InitializeDiscRecorder with nonsense", &H80070057, "no such recorder"
    recorder.AcquireExclusiveAccess True, "a*b"
    ExpectError "AcquireExclusiveAccess with a bad name", &HC0AA0211, "name"
    recorder.AcquireExclusiveAccess True, ""
    ExpectError "AcquireExclusiveAccess with no name", &H80070057, "name"
    recorder.NoSuchMethod
    If Err.Number <> 438 Then
        WScript.Echo "NoSuchMethod: expected error 438, got " & Err.Number
        failures = failures + 1
    End If
    Err.Clear
End Sub

Sub Main
    Dim master, id
    Set master = CreateObject("IMAPI2.MsftDiscMaster2")
    Enumeration master
    Enumeration CreateObject("IMAPI2.MsftDiscMaster2.1")
    BadIndex master
    Errors CreateObject("IMAPI2.MsftDiscRecorder2")
    For Each id In master
        AskRecorder id
        LockRecorder id
    Next
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
