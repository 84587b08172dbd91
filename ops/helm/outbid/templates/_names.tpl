{{- define "outbid.labels" -}}
app.kubernetes.io/name: outbid
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "outbid.selector" -}}
app.kubernetes.io/name: outbid
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
